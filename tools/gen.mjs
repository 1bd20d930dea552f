// Re-makes what is generated from the sources. `npm run gen` runs every step; dev, test and build run it first, and
// CI fails when it changes a tracked file. Steps that need compiled code are marked: they run with `--built`, after
// the compiler.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { genConnectorDocs } from './gen-connector-docs.mjs';
import { genDocs } from './gen-docs.mjs';
import { genOpenapi } from './gen-openapi.mjs';
import { genRenderings } from './gen-renderings.mjs';
import { genRegistry } from './gen-registry.mjs';
import { genSummaries } from './gen-summaries.mjs';

/** Each step gives the files it owns: path under the root → text. A file is only written when its text changes. */
const steps = [
  { name: 'connector registry', make: genRegistry },
  { name: 'words of the API', make: genSummaries },
  { name: 'connector pages', make: genConnectorDocs, needsBuild: true },
  { name: 'renderings', make: genRenderings, needsBuild: true },
  { name: 'settings, errors and jobs', make: genDocs, needsBuild: true },
  { name: 'description of the API', make: genOpenapi, needsBuild: true },
];

const root = path.dirname(import.meta.dirname);
const afterBuild = process.argv.includes('--built');

for (const step of steps.filter((step) => (step.needsBuild ?? false) === afterBuild)) {
  const files = await step.make(root);
  const changed = Object.entries(files).filter(([file, text]) => write(path.join(root, file), text));
  for (const [file] of changed) console.log(`${step.name}: ${file}`);
}

function write(file, text) {
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return false;
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  return true;
}
