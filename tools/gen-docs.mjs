// Makes the generated pages from the compiled code: `node tools/gen-docs.mjs`, after a build.
// With --check it changes nothing and fails when a page is not what it would write.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { renderConfig, renderEnvExample } from './docs/render-config.mjs';
import { renderErrors } from './docs/render-errors.mjs';

const root = join(import.meta.dirname, '..');
const load = (lib) => import(join(root, `dist/libs/${lib}/src/index.js`));

const { describeSettings } = await load('config');
const { faults } = await load('faults');

const pages = {
  '.env.example': renderEnvExample(describeSettings()),
  'docs/config.md': renderConfig(describeSettings()),
  'docs/errors.md': renderErrors(faults),
};

const stale = [];
for (const [path, text] of Object.entries(pages)) {
  const file = join(root, path);
  const wanted = path.endsWith('.md')
    ? await format(text, { ...(await resolveConfig(file)), parser: 'markdown' })
    : text;
  if (read(file) === wanted) continue;
  stale.push(path);
  if (!process.argv.includes('--check')) writeFileSync(file, wanted);
}

if (stale.length === 0) console.log(`${Object.keys(pages).length} generated pages are up to date`);
else if (process.argv.includes('--check')) {
  console.error(`Not what the code says: ${stale.join(', ')}. Run node tools/gen-docs.mjs and commit.`);
  process.exitCode = 1;
} else console.log(`Written: ${stale.join(', ')}`);

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
