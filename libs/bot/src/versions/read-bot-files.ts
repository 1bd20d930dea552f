import { BotFiles, RunningConversations, TestSet, type Json, type JsonObject } from '#libs/model';
import { z } from 'zod';
import { checkBot } from '../check/check-bot.js';
import { pointerOf } from '../check/problem.js';
import { botFormat, folders, instructionsName, manifestName, wholes, type BotBundle } from './bot-files.js';

/** Something that is wrong with a bot's files. */
export interface FileProblem {
  /** Its path among the files. */
  readonly file: string;
  /** JSON pointer into the file; empty for the whole of it. */
  readonly pointer: string;
  readonly code: string;
  readonly message: string;
}

/** A bot, or everything that is wrong with its files. */
export type BotReading =
  | { readonly ok: true; readonly bundle: BotBundle }
  | { readonly ok: false; readonly problems: readonly FileProblem[] };

const names = z.array(z.string().min(1).max(200));
const Manifest = z.strictObject({
  format: z.literal(botFormat),
  name: z.string().trim().min(1).max(100),
  running_conversations: RunningConversations.default('move'),
  definition: z.record(z.string(), z.unknown()),
  files: z
    .strictObject({
      instructions: z.string().optional(),
      intents: names.optional(),
      tests: names.optional(),
      ...Object.fromEntries(wholes.map((section) => [section, z.string().optional()])),
      ...Object.fromEntries(folders.map(({ section }) => [section, names.optional()])),
    })
    .default({}),
});
type Listed = Partial<Record<string, string | string[]>>;

/** Where a piece of the definition was written: everything below `path` is in `file`. */
interface Origin {
  readonly path: readonly PropertyKey[];
  readonly file: string;
  /** Where in the file the piece stands. */
  readonly inFile: readonly PropertyKey[];
}

/**
 * Reads what {@link writeBotFiles} wrote, or a person did.
 *
 * Every `.json` file must be listed in `bot.json`, which says the order; other files (a README) are left alone. Nothing
 * is returned of a bot that {@link checkBot} refuses.
 */
export function readBotFiles(files: BotFiles): BotReading {
  return new Reading(files).result();
}

class Reading {
  readonly #problems: FileProblem[] = [];
  readonly #origins: Origin[] = [];
  readonly #read = new Set<string>([manifestName]);

  constructor(private readonly files: BotFiles) {}

  result(): BotReading {
    const manifest = this.#manifest();
    if (!manifest) return { ok: false, problems: this.#problems };
    const definition = { ...manifest.definition } as JsonObject;
    this.#origins.push({ path: [], file: manifestName, inFile: ['definition'] });
    this.#sections(definition, manifest.files);
    const tests = this.#list('tests', (manifest.files as Listed)['tests']);
    this.#strangers();
    if (this.#problems.length > 0) return { ok: false, problems: this.#problems };

    const checked = checkBot(definition);
    if (!checked.ok) {
      for (const { pointer, code, message } of checked.problems) this.#report(pointer, code, message);
    }
    const set = TestSet.safeParse(tests.map(({ value }) => value));
    for (const { path, code, message } of set.error?.issues ?? []) {
      const [index, ...inner] = path;
      const file = typeof index === 'number' ? (tests[index]?.file ?? manifestName) : manifestName;
      this.#problems.push({ file, pointer: pointerOf(inner), code, message });
    }
    if (!checked.ok || !set.success) return { ok: false, problems: this.#problems };
    const { name, running_conversations: runningConversations } = manifest;
    return {
      ok: true,
      bundle: { name, runningConversations, definition: checked.definition, tests: set.data },
    };
  }

  #manifest(): z.infer<typeof Manifest> | null {
    const value = this.#json(manifestName, '');
    if (value === undefined) return null;
    const parsed = Manifest.safeParse(value);
    for (const { path, code, message } of parsed.error?.issues ?? []) {
      this.#problems.push({ file: manifestName, pointer: pointerOf(path), code, message });
    }
    return parsed.data ?? null;
  }

  /** Puts the pieces where they belong. */
  #sections(definition: JsonObject, listed: Listed): void {
    for (const section of wholes) {
      const file = listed[section];
      if (typeof file !== 'string') continue;
      this.#mayNotHold(definition, section);
      const value = this.#json(file, `/files/${section}`);
      if (value !== undefined) definition[section] = value;
      this.#origins.push({ path: [section], file, inFile: [] });
    }
    for (const { section } of folders) {
      if (listed[section] === undefined) continue;
      this.#mayNotHold(definition, section);
      definition[section] = this.#list(section, listed[section], [section]).map(({ value }) => value);
    }
    const { intents, instructions } = listed;
    if (intents !== undefined) {
      const pieces = this.#list('intents', intents, ['understanding', 'intents']);
      definition['understanding'] = {
        ...objectOf(definition['understanding']),
        intents: pieces.map(({ value }) => value),
      };
    }
    if (typeof instructions === 'string') {
      const text = this.#text(instructions, '/files/instructions');
      definition['agent'] = { ...objectOf(definition['agent']), instructions: text ?? '' };
      this.#origins.push({ path: ['agent', 'instructions'], file: instructions, inFile: [] });
    }
  }

  #mayNotHold(definition: JsonObject, section: string): void {
    if (!Object.hasOwn(definition, section)) return;
    const message = `“${section}” is listed among the files and written here too`;
    this.#problems.push({
      file: manifestName,
      pointer: `/definition/${section}`,
      code: 'written-twice',
      message,
    });
  }

  /** @param path  where the list stands in the definition; without it, it is no part of it */
  #list(
    section: string,
    listed: string | string[] | undefined,
    path?: readonly string[],
  ): { file: string; value: Json }[] {
    return [listed ?? []].flat().flatMap((file, index) => {
      if (path) this.#origins.push({ path: [...path, index], file, inFile: [] });
      const value = this.#json(file, `/files/${section}/${index}`);
      return value === undefined ? [] : [{ file, value }];
    });
  }

  /** @param listedAt  where bot.json names the file */
  #json(file: string, listedAt: string): Json | undefined {
    const text = this.#text(file, listedAt);
    if (text === undefined) return undefined;
    try {
      return JSON.parse(text.replace(/^\u{FEFF}/u, '')) as Json;
    } catch (error) {
      const why = error instanceof SyntaxError ? error.message : 'cannot be read';
      this.#problems.push({ file, pointer: '', code: 'not-json', message: `Is not JSON: ${why}` });
      return undefined;
    }
  }

  #text(file: string, listedAt: string): string | undefined {
    if (this.#read.has(file) && file !== manifestName) {
      const message = `The file ${file} is listed twice`;
      this.#problems.push({ file: manifestName, pointer: listedAt, code: 'listed-twice', message });
    }
    this.#read.add(file);
    if (Object.hasOwn(this.files, file)) return this.files[file];
    const message = listedAt === '' ? `There is no ${manifestName}` : `There is no file ${file}`;
    this.#problems.push({ file: manifestName, pointer: listedAt, code: 'missing-file', message });
    return undefined;
  }

  /** A file that nothing lists would be left out without a word. */
  #strangers(): void {
    for (const file of Object.keys(this.files)) {
      const counts = file.endsWith('.json') || file === instructionsName;
      if (!counts || this.#read.has(file)) continue;
      const message = `Is not listed under “files” in ${manifestName}`;
      this.#problems.push({ file, pointer: '', code: 'not-listed', message });
    }
  }

  /** Says in which file a problem of the definition is: the nearest origin above it. */
  #report(pointer: string, code: string, message: string): void {
    const origin = this.#origins
      .map((each) => ({ ...each, prefix: pointerOf(each.path) }))
      .filter(({ prefix }) => pointer === prefix || pointer.startsWith(`${prefix}/`))
      .toSorted((a, b) => b.prefix.length - a.prefix.length)[0];
    const file = origin?.file ?? manifestName;
    const inner = origin ? pointerOf(origin.inFile) + pointer.slice(origin.prefix.length) : pointer;
    this.#problems.push({ file, pointer: inner, code, message });
  }
}

function objectOf(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}
