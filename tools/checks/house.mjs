/** A file to look at: its path from the root, and its text. @typedef {{ path: string, text: string }} Source */

const isTestOrTool = (path) => /^(test|tools)\/|\.spec\.ts$|\/testkit\//.test(path);
const readsEnvironment = (path) =>
  isTestOrTool(path) ||
  isToolConfig(path) ||
  path.startsWith('libs/config/') ||
  /^apps\/[^/]+\/src\/main\.ts$/.test(path);
const isToolConfig = (path) => /\.config\.[cm]?[jt]s$|^\.[^/]+\.cjs$|^test\/support\//.test(path);

/**
 * The rules that are lines of code: where a pattern stands that may not stand there.
 *
 * @type {readonly { name: string, pattern: RegExp, allowed: (path: string) => boolean }[]}
 */
const lineRules = [
  {
    name: 'only libs/config reads process.env',
    pattern: /\bprocess\s*\.\s*env\b|\bprocess\[['"]env/,
    allowed: readsEnvironment,
  },
  {
    name: 'a Fault is thrown, not an Error',
    // What the MCP library answers with its own code has to be its own error.
    pattern: /\bthrow new (?!ResourceNotFoundError\b)\w*Error\b/,
    allowed: isTestOrTool,
  },
  {
    name: 'nothing is exported as default',
    pattern: /^export default\b|\bas default\b.*}/,
    allowed: isToolConfig,
  },
  {
    name: 'a time limit is timeLimit of libs/faults: AbortSignal.timeout can be forgotten',
    pattern: /\bAbortSignal\.timeout\(/,
    allowed: (path) =>
      isTestOrTool(path) || /^(?:apps\/(?:widget|demo|console)|libs\/sdk|docs)\/|time-limit\.ts$/.test(path),
  },
  { name: 'what is committed is finished', pattern: /\b(?:TO)DO\b|\bFIXME\b/, allowed: () => false },
];

/**
 * Looks for what the house does not allow and no other tool sees.
 *
 * @param {readonly Source[]} sources  TypeScript and JavaScript of the repository
 * @param {ReadonlySet<string>} codes  all fault codes
 * @returns {string[]} `path:line rule`, in the order of the files
 */
export function houseProblems(sources, codes) {
  return sources.flatMap((source) => [
    ...lineProblems(source),
    ...throwsProblems(source, codes),
    ...escapingImports(source),
  ]);
}

/**
 * @param {readonly string[]} paths  all files of the repository
 * @returns {string[]} libs and apps without a README.md
 */
export function missingReadmes(paths) {
  const folders = new Set(paths.flatMap((path) => /^(?:libs|apps)\/[^/]+(?=\/)/.exec(path)?.[0] ?? []));
  const known = new Set(paths);
  return [...folders]
    .filter((folder) => !known.has(`${folder}/README.md`))
    .map((folder) => `${folder} has no README.md`);
}

/**
 * @param {string} text  a file of libs/faults/src/rows
 * @returns {string[]} the codes it defines
 */
export function codesIn(text) {
  return [...text.matchAll(/^ {2}'([a-z]+\/[a-z-]+)': \{/gm)].map((match) => match[1]);
}

/** @param {Source} source */
function lineProblems({ path, text }) {
  const rules = lineRules.filter((rule) => !rule.allowed(path));
  return text
    .split('\n')
    .flatMap((line, index) =>
      rules
        .filter((rule) => rule.pattern.test(rule.name.startsWith('what') ? line : withoutComment(line)))
        .map((rule) => `${path}:${index + 1} ${rule.name}`),
    );
}

/** @param {Source} source @param {ReadonlySet<string>} codes */
function throwsProblems({ path, text }, codes) {
  if (isTestOrTool(path)) return [];
  return [...text.matchAll(/@throws\s+\{?Fault\}?([^\n]*)/g)].flatMap((match) => {
    const named = [...match[1].matchAll(/`([^`]+)`/g)]
      .map((code) => code[1])
      .filter((code) => /^[a-z]+\/[a-z*-]+$/.test(code));
    return named
      .filter(
        (code) =>
          !(code.endsWith('/*')
            ? [...codes].some((known) => known.startsWith(code.slice(0, -1)))
            : codes.has(code)),
      )
      .map((code) => `${path}:${lineOf(text, match.index)} @throws names ${code}, which is no code`);
  });
}

/** A relative import that leaves its lib or app: other rooms have one door. Specs may use what all tests share. @param {Source} source */
function escapingImports({ path, text }) {
  const room = /^(?:libs|apps)\/[^/]+/.exec(path)?.[0];
  if (!room) return [];
  const depth = path.slice(room.length + 1).split('/').length - 1;
  return [...text.matchAll(/\bfrom '((?:\.\.\/)+)([^']*)/g)]
    .filter((match) => match[1].length / 3 > depth)
    .filter((match) => !(isTestOrTool(path) && match[2].startsWith('test/support/')))
    .map((match) => `${path}:${lineOf(text, match.index)} a relative import leaves ${room}`);
}

/** @param {string} line */
function withoutComment(line) {
  return /^\s*(\*|\/\*|\/\/)/.test(line) ? '' : line.replace(/\s\/\/ .*$/, '');
}

/** @param {string} text @param {number} index */
function lineOf(text, index) {
  return text.slice(0, index).split('\n').length;
}
