// Looks for what the house does not allow and no other tool sees: `node tools/check-house.mjs`.
import { readText, report, repositoryFiles } from './checks/files.mjs';
import { codesIn, houseProblems, missingReadmes } from './checks/house.mjs';

const paths = repositoryFiles();
const sources = paths
  .filter((path) => /\.([cm]?[jt]sx?)$/.test(path) && !/\.gen\.ts$|\/generated\//.test(path))
  .map((path) => ({ path, text: readText(path) }));
const codes = new Set(
  paths.filter((path) => path.startsWith('libs/faults/src/rows/')).flatMap((path) => codesIn(readText(path))),
);

report(`${sources.length} sources`, [...missingReadmes(paths), ...houseProblems(sources, codes)]);
