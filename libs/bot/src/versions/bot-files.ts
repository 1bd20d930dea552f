import type {
  BotDefinition,
  BotFiles,
  Json,
  JsonObject,
  RunningConversations,
  TestConversation,
} from '#libs/model';
import { fileText, slugOf } from './file-text.js';

/** A bot as it leaves one installation for another: no ids, no instants, no secrets. */
export interface BotBundle {
  readonly name: string;
  readonly runningConversations: RunningConversations;
  readonly definition: BotDefinition;
  readonly tests: readonly TestConversation[];
}

/** Lists of which each piece is a file of its own: the list in the definition, its folder, and what names a piece. */
export const folders = [
  { section: 'flows', folder: 'flows', key: 'id' },
  { section: 'menus', folder: 'menus', key: 'id' },
  { section: 'tools', folder: 'tools', key: 'name' },
] as const;

/** Sections that are one file each. */
export const wholes = ['rules', 'guardrails', 'agent', 'understanding'] as const;

/** The file that names all others. */
export const manifestName = 'bot.json';
export const instructionsName = 'instructions.md';
export const botFormat = 'parley-bot/1';

/**
 * Writes a bot as files that can be read, reviewed and merged in git: one for each flow, menu, tool, intent and test,
 * one for the rules, one for the instructions of the agent, and `bot.json`, which holds the rest and lists them in order.
 *
 * The same bot gives the same bytes, in whatever order its keys were written.
 */
export function writeBotFiles({ name, runningConversations, definition, tests }: BotBundle): BotFiles {
  const files: BotFiles = {};
  const rest = JSON.parse(JSON.stringify(definition)) as JsonObject;
  const listed: JsonObject = {};
  const agent = rest['agent'] as JsonObject | undefined;
  const instructions = agent?.['instructions'];
  // What is no well-formed text would not survive a file; JSON spells it.
  if (
    agent &&
    typeof instructions === 'string' &&
    instructions !== '' &&
    !/\p{Surrogate}/u.test(instructions)
  ) {
    delete agent['instructions'];
    listed['instructions'] = instructionsName;
    files[instructionsName] = instructions;
  }
  const understanding = rest['understanding'] as JsonObject | undefined;
  if (understanding) {
    listed['intents'] = addFolder(files, 'intents', understanding['intents'] as JsonObject[], 'id');
    delete understanding['intents'];
  }
  for (const { section, folder, key } of folders) {
    if (rest[section] === undefined) continue;
    listed[section] = addFolder(files, folder, rest[section] as JsonObject[], key);
    delete rest[section];
  }
  for (const section of wholes) {
    if (rest[section] === undefined) continue;
    listed[section] = `${section}.json`;
    files[`${section}.json`] = fileText(rest[section]);
    delete rest[section];
  }
  const played = JSON.parse(JSON.stringify(tests)) as JsonObject[];
  if (played.length > 0) listed['tests'] = addFolder(files, 'tests', played, 'title');
  files[manifestName] = fileText({
    format: botFormat,
    name,
    running_conversations: runningConversations,
    definition: rest,
    files: listed,
  });
  return sorted(files);
}

/** Adds a file for each piece. @returns their names, in the order of the pieces */
function addFolder(files: BotFiles, folder: string, pieces: readonly JsonObject[], key: string): Json[] {
  const taken = new Set<string>();
  return pieces.map((piece) => {
    const name = `${folder}/${freeName(slugOf(piece[key] as string), taken)}.json`;
    files[name] = fileText(piece);
    return name;
  });
}

/** Names that differ in nothing but case would be one file on some machines. */
function freeName(slug: string, taken: Set<string>): string {
  for (let n = 1; ; n++) {
    const name = n === 1 ? slug : `${slug}-${n}`;
    if (taken.has(name)) continue;
    taken.add(name);
    return name;
  }
}

function sorted(files: BotFiles): BotFiles {
  return Object.fromEntries(Object.entries(files).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
