import { readFileSync, writeFileSync } from 'node:fs';
import { fault } from '#libs/faults';
import type { Body } from '#libs/sdk';
import pc from 'picocolors';
import type { Action } from '../commands.js';
import { differences } from '../differences.js';

type Definition = Body<'Bots_publish'>['definition'];

/** Lists bots. */
export const list: Action = (desk) =>
  desk.list(desk.parley.bots.list({ limit: 100 }), [
    ['id', ({ id }) => id],
    ['name', ({ name }) => name],
    ['version', ({ published_version: version }) => version],
  ]);

/** Writes a definition into a file, or prints it. */
export const pull: Action = async (desk, [id, file]) => {
  const { definition, published_version: version } = await desk.parley.bots.get(id!);
  const text = `${JSON.stringify(definition, null, 2)}\n`;
  if (file === undefined) return void desk.world.stdout.write(text);
  writeFileSync(file, text);
  desk.show({ file, version }, `Version ${String(version)} is in ${file}.`);
};

/** Publishes a file. */
export const push: Action = async (desk, [id, file]) => {
  const bot = await desk.parley.bots.publishDefinition(id!, { definition: definitionIn(file) });
  desk.show(
    { id: bot.id, version: bot.published_version },
    `Version ${String(bot.published_version)} is published.`,
  );
};

/** Says what a push would change. */
export const diff: Action = async (desk, [id, file]) => {
  const { definition } = await desk.parley.bots.get(id!);
  const found = differences(definition, definitionIn(file));
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

interface Case {
  say: string;
  expect: string;
}

/** Asks what a file says, each in a conversation of its own, and looks for the words that are expected. */
export const test: Action<{ channel?: string }> = async (desk, [botId, file], { channel }) => {
  const channels = await desk.parley.channels.list({ limit: 100 }).take(1_000);
  const web = channels.find(
    ({ id, connector, bot_id: bot }) => id === channel || (connector === 'web' && bot === botId),
  );
  if (!web)
    throw fault('input/invalid', {
      detail: 'The bot has no web channel to be asked on: name one with --channel.',
    });
  const results = [];
  for (const { say, expect } of parsed(file) as Case[]) {
    const session = await desk.parley.sessions.create({ channel_id: web.id });
    const { replies } = await desk.parley.messages.create({ session_id: session.id, text: say });
    const answer = JSON.stringify(replies.flatMap(({ parts }) => parts));
    results.push({ say, expect, answer, isAsExpected: answer.includes(expect) });
  }
  const failed = results.filter(({ isAsExpected }) => !isAsExpected);
  const words = failed.map(
    ({ say, expect, answer }) => `${pc.red('✗')} ${say}\n  expected ${expect}\n  was ${answer}`,
  );
  desk.show(
    results,
    [...words, `${results.length - failed.length} of ${results.length} are as expected.`].join('\n'),
  );
  return failed.length > 0 ? 7 : 0;
};

const definitionIn = (file: string | undefined): Definition => parsed(file) as Definition;

/** JSON of a file; of the input when there is none. */
function parsed(file: string | undefined): unknown {
  try {
    return JSON.parse(readFileSync(file ?? 0, 'utf8'));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : '';
    throw fault('input/invalid', { detail: `${file ?? 'The input'} cannot be read as JSON: ${why}`, cause });
  }
}
