import { nodeProblem } from './check-node.js';

// Nothing else is imported before this check: an old Node would fail on the imports, with words nobody understands.
const problem = nodeProblem(process.versions.node);
if (problem === null) {
  const { runCommand } = await import('./command.js');
  await runCommand(process.argv.slice(2), process.env);
} else {
  console.error(problem);
  process.exitCode = 1;
}
