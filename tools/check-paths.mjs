// Checks that everything the Markdown files mention exists: `node tools/check-paths.mjs`.
import { readText, report, repositoryFiles } from './checks/files.mjs';
import { codesIn } from './checks/house.mjs';
import { pageProblems, withFolders } from './checks/paths.mjs';

const files = repositoryFiles();
const texts = (pattern) => files.filter((path) => pattern.test(path)).map(readText);
const matches = (text, pattern) => [...text.matchAll(pattern)].map((match) => match[1]);
const known = {
  paths: withFolders(files),
  scripts: new Set(Object.keys(JSON.parse(readText('package.json')).scripts)),
  settings: new Set([
    ...texts(/^libs\/config\/src\/slices\//).flatMap((text) => matches(text, /^ {2}([A-Z_]+): /gm)),
    // What the command line reads.
    ...texts(/^apps\/cli\/src\//).flatMap((text) => matches(text, /env\['(PARLEY_[A-Z_]+)'\]/g)),
    // What only test support reads.
    ...texts(/^test\/support\//).flatMap((text) => matches(text, /process\.env\.(PARLEY_[A-Z_]+)/g)),
  ]),
  codes: new Set(texts(/^libs\/faults\/src\/rows\//).flatMap(codesIn)),
  code: texts(/\.([cm]?[jt]sx?)$/).join('\n'),
  read: readText,
};

const pages = files.filter((path) => path.endsWith('.md'));
report(
  `${pages.length} pages`,
  pages.flatMap((path) => pageProblems(path, readText(path), known)),
);
