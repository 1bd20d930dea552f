import type { Answer } from '#libs/sdk';
import pc from 'picocolors';
import { readFolder, writeFolder, type BotFolder } from '../bot-folder.js';
import type { Action } from '../commands.js';
import { differences, type Difference } from '../differences.js';

/** Lists bots. */
export const list: Action = (desk) =>
  desk.list(desk.parley.bots.list({ limit: 100 }), [
    ['id', ({ id }) => id],
    ['name', ({ name }) => name],
    ['version', ({ published_version: version }) => version],
  ]);

/** Writes what is published, with its tests, into a folder: a file for each flow, menu, tool, intent and test. */
export const pull: Action = async (desk, [id, folder = '.']) => {
  const { files } = await desk.parley.bots.export(id!);
  writeFolder(folder, files);
  const names = Object.keys(files);
  desk.show({ folder, files: names }, `${names.length} files are in ${folder}.`);
};

/** Makes a folder the draft; publishes it, after its tests, where that is asked. */
export const push: Action<{ publish?: boolean; note?: string }> = async (
  desk,
  [id, folder = '.'],
  { publish, note },
) => {
  await desk.parley.bots.import({ files: readFolder(folder), bot_id: id! });
  const { changes, is_equal: isEqual, text } = await desk.parley.bots.diff(id!);
  desk.note(isEqual ? 'The draft is equal to what is published.' : text);
  if (publish !== true) {
    desk.show({ draft: true, changes }, 'It is the draft now. Publish it with --publish.');
    return;
  }
  const bot = await desk.parley.bots.publish(id!, { run_tests: true, ...(note !== undefined && { note }) });
  const { published_version: version } = await desk.parley.bots.get(id!);
  desk.show({ ...bot, version, changes }, `Version ${String(version)} is published.`);
};

/** Says where a folder differs from what is published. */
export const diff: Action = async (desk, [id, folder = '.']) => {
  const { files } = await desk.parley.bots.export(id!);
  const found = differencesOf(files, readFolder(folder));
  const words = found.map(({ at, before, after }) =>
    [
      pc.bold(at),
      ...(before === undefined ? [] : [pc.red(`- ${JSON.stringify(before)}`)]),
      ...(after === undefined ? [] : [pc.green(`+ ${JSON.stringify(after)}`)]),
    ].join('\n'),
  );
  desk.show(found, words.join('\n') || 'Nothing would change.');
  return found.length > 0 ? 7 : 0;
};

/** Runs the tests of a bot with the draft, or another version, and says what is not as expected. */
export const test: Action<{ of?: string; compareWith?: string }> = async (
  desk,
  [id],
  { of: version = 'draft', compareWith },
) => {
  const run = await desk.parley.bots.runTests(id!, {
    version: refOf(version),
    ...(compareWith !== undefined && { compare_with: refOf(compareWith) }),
  });
  const { passed, failed, score } = run.report;
  const total = `${passed} of ${passed + failed} are as expected; score ${Math.round(score * 100)} %.`;
  desk.show(run, [...failuresOf(run), ...(run.compared ? [run.compared.text] : []), total].join('\n'));
  return failed > 0 ? 7 : 0;
};

type Ref = 'draft' | 'published' | number;
const refOf = (text: string): Ref => (/^\d+$/.test(text) ? Number(text) : (text as Ref));

function failuresOf({ report }: Answer<'BotTests_run'>): string[] {
  const talks = report.conversations.flatMap(({ title, steps }) =>
    steps.flatMap(({ problems }, at) =>
      problems.map((one) => `${pc.red('✗')} ${title}, step ${at + 1}: ${one}`),
    ),
  );
  const rules = report.rules.flatMap(({ rule, index, passed, answered_by: by }) =>
    passed ? [] : [`${pc.red('✗')} rule ${rule}, example ${index + 1}: answered by ${by ?? 'nobody'}`],
  );
  return [...talks, ...rules];
}

function differencesOf(before: BotFolder, after: BotFolder): Difference[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name) =>
    differences(documentIn(name, before[name]), documentIn(name, after[name]), name),
  );
}

/** JSON is compared by what it says; everything else, and what is broken, by its letters. */
function documentIn(name: string, text: string | undefined): unknown {
  if (text === undefined || !name.endsWith('.json')) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
