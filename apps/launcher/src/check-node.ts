/**
 * Says what is wrong with this version of Node, or null when Parley runs on it.
 *
 * The same three lines are in tools/bootstrap.mjs, which runs before anything is compiled.
 *
 * @param version  as in `process.versions.node`, for example `20.19.0`
 */
export function nodeProblem(version: string): string | null {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isNewEnough = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major >= 24;
  if (isNewEnough) return null;
  return `Parley needs Node.js 20.19, 22.12, 24 or newer, and this is ${version}: install a newer one from https://nodejs.org and start again.`;
}
