// `npm run check`: everything but the tests that take long, in order, with the time of each step.
// Give names to run only those: `npm run check -- lint types`.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const bin = (name) => join(root, 'node_modules/.bin', name);
const tsc = join(root, 'node_modules/typescript-7/bin/tsc');
const node = process.execPath;

/** @type {[name: string, ...commands: [string, ...string[]][]][]} */
const steps = [
  ['build', [node, 'tools/bootstrap.mjs']],
  ['generated', [node, 'tools/gen.mjs'], [node, 'tools/gen.mjs', '--built']],
  ['format', [bin('prettier'), '--check', '--log-level', 'warn', '.']],
  ['lint', [bin('oxlint'), '--type-aware', '--deny-warnings', 'apps', 'libs', 'test', 'tools', 'docs']],
  ['types', [node, tsc, '-p', 'tsconfig.json', '--noEmit'], [node, tsc, '-p', 'test/tsconfig.json']],
  ['deps', [bin('depcruise'), 'apps', 'libs', '--config', '.dependency-cruiser.cjs']],
  ['unused', [bin('knip')]],
  ['connectors', [node, 'tools/check-connectors.mjs']],
  ['paths', [node, 'tools/check-paths.mjs']],
  ['house', [node, 'tools/check-house.mjs']],
  ['api', [node, 'tools/check-api.mjs']],
];

const wanted = process.argv.slice(2);
const chosen = steps.filter(([name]) => wanted.length === 0 || wanted.includes(name));
const began = Date.now();
const failed = chosen.filter(([name, ...commands]) => !runStep(name, commands)).map(([name]) => name);

console.log(
  `\n${failed.length === 0 ? 'All is well' : `Not well: ${failed.join(', ')}`} (${seconds(began)} s)`,
);
process.exitCode = failed.length === 0 ? 0 : 1;

/** Runs the commands of a step until one fails; prints their output only then. */
function runStep(name, commands) {
  const start = Date.now();
  let output = '';
  const succeeded = commands.every(([command, ...args]) => {
    const run = spawnSync(command, args, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
    output += `${run.stdout ?? ''}${run.stderr ?? ''}${run.error?.message ?? ''}`;
    return run.status === 0;
  });
  // The generators say only what they changed: a word from them means that a stale file was about to be committed.
  const isStale = name === 'generated' && output !== '';
  if (isStale) output += 'These files were not what the code says. They are now: commit them.\n';
  const isWell = succeeded && !isStale;
  console.log(`${isWell ? 'ok  ' : 'FAIL'} ${name.padEnd(10)} ${seconds(start).padStart(5)} s`);
  if (!isWell) console.log(output.trimEnd());
  return isWell;
}

function seconds(since) {
  return ((Date.now() - since) / 1000).toFixed(1);
}
