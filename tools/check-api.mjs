// Checks the description of the API: it is well made (Redocly's recommended rules), and takes nothing away from those
// who use the released one: `node tools/check-api.mjs`. `--release` makes the present one the released one.
import { spawnSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import path from 'node:path';
import { breakingChanges } from './checks/breaking.mjs';
import { readText, report } from './checks/files.mjs';

const root = path.dirname(import.meta.dirname);
const CURRENT = 'docs/openapi.json';
const RELEASED = 'docs/openapi.released.json';

if (process.argv.includes('--release')) {
  copyFileSync(path.join(root, CURRENT), path.join(root, RELEASED));
  console.log(`${RELEASED} is what ${CURRENT} says now.`);
} else {
  const [released, current] = [RELEASED, CURRENT].map((file) => JSON.parse(readText(file)));
  report(`${Object.keys(current.paths).length} paths`, [
    ...lintProblems(),
    ...breakingChanges(released, current),
  ]);
}

function lintProblems() {
  const cli = path.join(root, 'node_modules/@redocly/cli/bin/cli.js');
  const run = spawnSync(process.execPath, [cli, 'lint', CURRENT, '--format=json'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true', CI: 'true' },
  });
  const { problems } = JSON.parse(run.stdout.slice(run.stdout.indexOf('{')));
  return problems
    .filter(({ severity }) => severity === 'error')
    .map(({ ruleId, message, location }) => `${location?.[0]?.pointer ?? CURRENT}: ${message} (${ruleId})`);
}
