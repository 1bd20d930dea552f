import { posix } from 'node:path';

/**
 * What the repository has, for everything that a page may mention.
 *
 * @typedef {object} Known
 * @property {ReadonlySet<string>} paths     files and folders from the root, with `/`
 * @property {ReadonlySet<string>} scripts   names in package.json
 * @property {ReadonlySet<string>} settings  environment variables
 * @property {ReadonlySet<string>} codes     fault codes
 * @property {string} code                   all source text, for names of functions
 * @property {(path: string) => string} read text of a Markdown file
 */

const TOP_FOLDERS = /^(apps|libs|tools|docs|test|prisma|changes|\.ci)\//;
const FILE_NAME = /^\.?[\w-]+(\.[\w-]+)*\.(ts|mjs|cjs|md|json|ya?ml|sql|prisma|svg|html)$/;
const AREAS = /^(input|access|state|channel|store|queue|config|internal)\/[a-z-]+$/;
const BUILT_IN_SCRIPTS = new Set(['start', 'test', 'ci', 'install']);

/**
 * Checks everything a Markdown file mentions: links and their headings, paths, scripts, libs, settings, fault codes
 * and functions.
 *
 * @param {string} path  of the Markdown file
 * @param {string} text
 * @param {Known} known
 * @returns {string[]} `path:line what is wrong`
 */
export function pageProblems(path, text, known) {
  return text
    .split('\n')
    .flatMap((line, index) =>
      [
        ...links(line).flatMap((target) => linkProblem(path, target, known)),
        ...codeSpans(line).flatMap((span) => spanProblem(path, span, known)),
        ...commands(line).flatMap((command) => commandProblem(command, known)),
      ].map((problem) => `${path}:${index + 1} ${problem}`),
    );
}

/** @param {readonly string[]} files @returns {Set<string>} the files and every folder above them */
export function withFolders(files) {
  const all = new Set(files);
  for (const file of files)
    for (let at = posix.dirname(file); at !== '.'; at = posix.dirname(at)) all.add(at);
  return all;
}

/** @param {string} line */
function links(line) {
  return [...line.matchAll(/\]\(([^)\s]+)\)|\b(?:src|href)="([^"]+)"/g)]
    .map((match) => match[1] ?? match[2])
    .filter((target) => !/^([a-z]+:|\/)/.test(target));
}

/** @param {string} line */
function codeSpans(line) {
  return [...line.matchAll(/`([^`]+)`/g)].map((match) => match[1]);
}

/** @param {string} line */
function commands(line) {
  return [...line.matchAll(/\b(npm (?:run )?[a-z][\w:-]*|node (?:tools|test)\/[\w./-]+)/g)].map(
    (match) => match[1],
  );
}

/** @param {string} from @param {string} target @param {Known} known */
function linkProblem(from, target, known) {
  const [file, heading] = target.split('#');
  const path = file === '' ? from : posix.normalize(posix.join(posix.dirname(from), file)).replace(/\/$/, '');
  if (path !== '.' && !known.paths.has(path)) return [`links to ${target}, which does not exist`];
  if (!heading || !path.endsWith('.md')) return [];
  return headings(known.read(path)).includes(heading) ? [] : [`links to ${target}: there is no such heading`];
}

/** @param {string} text @returns {string[]} anchors as GitHub makes them */
function headings(text) {
  return [...text.matchAll(/^#+ (.+)$/gm)].map((match) =>
    match[1]
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** @param {string} from @param {string} span @param {Known} known */
function spanProblem(from, span, known) {
  const bare = span.replace(/:\d+$/, '').replace(/\/$/, '');
  if (TOP_FOLDERS.test(span))
    return existsLike(bare, known.paths) ? [] : [`names ${span}, which does not exist`];
  if (/^src\/[\w./-]+$/.test(span)) {
    return known.paths.has(posix.join(posix.dirname(from), bare))
      ? []
      : [`names ${span}, which does not exist here`];
  }
  if (FILE_NAME.test(span)) {
    return [...known.paths].some((path) => path === span || path.endsWith(`/${span}`))
      ? []
      : [`names ${span}: no such file`];
  }
  if (/^#libs\/[a-z]+$/.test(span)) {
    return known.paths.has(`${span.slice(1)}/src/index.ts`) ? [] : [`names ${span}: no such library`];
  }
  if (/^PARLEY_[A-Z_]+(=.*)?$/.test(span)) {
    const name = span.split('=')[0];
    return known.settings.has(name) ? [] : [`names ${name}, which is no setting`];
  }
  if (AREAS.test(span))
    return known.codes.has(span) || known.paths.has(span) ? [] : [`names ${span}, which is no code`];
  const called = /^(?:\w+\.)?([a-zA-Z]\w+)\(.*\)$/.exec(span)?.[1];
  if (called)
    return new RegExp(`\\b${called}\\b`).test(known.code) ? [] : [`names ${called}(), which no source has`];
  return [];
}

/** @param {string} command @param {Known} known */
function commandProblem(command, known) {
  const [tool, first, second] = command.split(' ');
  if (tool === 'node') return known.paths.has(first) ? [] : [`says ${command}: no such file`];
  const script = first === 'run' ? second : first;
  if (first !== 'run' && !BUILT_IN_SCRIPTS.has(script)) return [];
  return script === 'ci' || script === 'install' || known.scripts.has(script)
    ? []
    : [`says ${command}: no such script`];
}

/** @param {string} path  may hold `*` for one name, `{name}` or `<name>` for a placeholder @param {ReadonlySet<string>} paths */
function existsLike(path, paths) {
  if (!/[*{<]/.test(path)) return paths.has(path);
  const pattern = path
    .replaceAll(/\{[^}]*\}|<[^>]*>/g, '*')
    .replaceAll(/[.+?^$()|[\]\\]/g, '\\$&')
    .replaceAll('**', '\0')
    .replaceAll('*', '[^/]+')
    .replaceAll('\0', '.+');
  return [...paths].some((known) => new RegExp(`^${pattern}$`).test(known));
}
