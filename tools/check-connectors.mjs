// Asserts that every connector's folder has the files and names that the house expects, so that whoever knows one
// connector knows them all. What the code does is the conformance suite's matter.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.dirname(import.meta.dirname);
const source = path.join(root, 'libs/connectors/src');
const NOT_CONNECTORS = ['shared', 'testkit'];
const CONNECTOR_LINES_MAX = 45;

const folders = readdirSync(source, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !NOT_CONNECTORS.includes(entry.name))
  .map((entry) => path.join(source, entry.name));
const problems = [...folders, path.join(source, 'testkit/toy')].flatMap((folder) =>
  problemsOf(folder).map((problem) => `${path.relative(root, folder)}: ${problem}`),
);

for (const problem of problems) console.error(problem);
if (problems.length === 0) console.log(`${folders.length} connectors have the shape that they should have`);
else process.exitCode = 1;

function problemsOf(folder) {
  const name = path.basename(folder);
  const read = (file) =>
    existsSync(path.join(folder, file)) ? readFileSync(path.join(folder, file), 'utf8') : '';
  const has = (file) => existsSync(path.join(folder, file));
  const fixtures = has('fixtures') ? readdirSync(path.join(folder, 'fixtures')) : [];
  const takesWebhooks = /^\s*webhook:/m.test(read('connector.ts'));
  const needed = [
    'manifest.ts',
    'connector.ts',
    'plan.ts',
    'deliver.ts',
    `${name}.spec.ts`,
    'README.md',
    'sample-settings.json',
  ];
  const neededForWebhooks = ['authenticate.ts', 'decode.ts', 'wire.ts'];

  /** @type {[boolean, string][]} */
  const rules = [
    [/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name), 'the name is not in kebab-case'],
    ...[...needed, ...(takesWebhooks ? neededForWebhooks : [])].map((file) => [
      has(file),
      `${file} is missing`,
    ]),
    [new RegExp(`\\bid: '${name}'`).test(read('manifest.ts')), `manifest.ts does not say id: '${name}'`],
    [
      /^export const connector: Connector<\w+> = \{$/m.test(read('connector.ts')),
      'connector.ts does not export `connector`',
    ],
    [
      read('connector.ts').split('\n').length <= CONNECTOR_LINES_MAX,
      'connector.ts is more than a list of ports',
    ],
    [
      /^conformance\(|^ {2}conformance\(/m.test(read(`${name}.spec.ts`)),
      'the spec does not run the conformance suite',
    ],
    [
      /^## Set-up$/m.test(read('README.md')) && /^## Quirks$/m.test(read('README.md')),
      'README.md needs Set-up and Quirks',
    ],
    [!takesWebhooks || fixtures.length > 0, 'fixtures/ has no recorded request'],
    ...fixtures.map((file) => [
      isFixtureName(file, name),
      `fixtures/${file} is not named ${name}-kind-twist.http`,
    ]),
    ...sources(folder).map((file) => [
      /^[a-z0-9-]+(\.(spec|d))?\.ts$/.test(file),
      `${file} is not in kebab-case`,
    ]),
  ];
  return rules.filter(([holds]) => !holds).map(([, problem]) => problem);
}

function isFixtureName(file, name) {
  if (/^[a-z0-9-]+\.json$/.test(file)) return true; // what a spec compares with
  return file.startsWith(`${name}-`) && /^[a-z0-9-]+\.http$/.test(file);
}

function sources(folder) {
  return readdirSync(folder).filter((file) => file.endsWith('.ts'));
}
