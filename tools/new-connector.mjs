// `npm run new:connector acme-chat` writes a folder for a new connector: a copy of the testkit's toy under the new
// name, which passes its conformance run and waits to be filled with what the provider really does.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as prettier from 'prettier';

const root = path.dirname(import.meta.dirname);
const source = path.join(root, 'libs/connectors/src');
const toy = path.join(source, 'testkit/toy');

const name = process.argv[2] ?? '';
const folder = path.join(source, name);
const problem = problemOf(name);
if (problem) {
  console.error(`${problem} Say: npm run new:connector acme-chat`);
  process.exit(1);
}

for (const file of readdirSync(toy, { recursive: true, withFileTypes: true }).filter((entry) =>
  entry.isFile(),
)) {
  const from = path.join(file.parentPath, file.name);
  const to = path.join(folder, path.relative(toy, from).replaceAll('toy', name));
  mkdirSync(path.dirname(to), { recursive: true });
  writeFileSync(to, await formatted(to, renamed(moved(readFileSync(from, 'utf8')))));
}
console.log(`libs/connectors/src/${name} is written. Now: npm run gen`);
console.log(`Then try it out: npx vitest run --project small libs/connectors/src/${name}`);

function problemOf(name) {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) || name.length > 32) {
    return 'A connector needs a name in kebab-case of at most 32 letters.';
  }
  return existsSync(folder) ? `libs/connectors/src/${name} exists already.` : null;
}

/** Relative imports as they are seen from the new folder. */
function moved(text) {
  return text.replace(/(?<=from ')\.\.\/[^']+/g, (target) =>
    path.posix.relative(`/src/${name}`, path.posix.resolve('/src/testkit/toy', target)),
  );
}

/** `toy` in every way of writing it. */
function renamed(text) {
  const pascal = name.replace(/(^|-)(.)/g, (_, __, letter) => letter.toUpperCase());
  const label = name.replaceAll('-', ' ').replace(/^./, (letter) => letter.toUpperCase());
  return text.replaceAll('ToySettings', `${pascal}Settings`).replaceAll('Toy', label).replaceAll('toy', name);
}

async function formatted(file, text) {
  if (!/\.(ts|md)$/.test(file)) return text;
  return prettier.format(text, { ...(await prettier.resolveConfig(file)), filepath: file });
}
