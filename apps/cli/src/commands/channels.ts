import { fault } from '#libs/faults';
import type { Parley, Shape } from '#libs/sdk';
import pc from 'picocolors';
import type { Action } from '../commands.js';
import type { Desk } from '../desk.js';
import type { NewChannel } from '../register-channel.js';
import { settingsFrom } from '../settings-from.js';

const states = { healthy: pc.green, degraded: pc.yellow, down: pc.red, unknown: pc.dim };
const howItIs = ({ state, reason }: Pick<Shape<'Health'>, 'state' | 'reason'>): string =>
  `${states[state](state)} ${reason}`;

/** Lists channels. */
export const list: Action = (desk) =>
  desk.list(desk.parley.channels.list({ limit: 100 }), [
    ['id', ({ id }) => id],
    ['kind', ({ connector }) => connector],
    ['name', ({ name }) => name],
    ['state', ({ state }) => state],
    ['health', ({ health }) => howItIs(health)],
  ]);

/** Lists kinds of channels. */
export const types: Action = (desk) =>
  desk.list(desk.parley.channelTypes.list(), [
    ['kind', ({ connector }) => connector],
    ['name', ({ label }) => label],
    ['what', ({ description }) => description],
  ]);

/** Registers a channel: what is missing is asked for, then it is checked, and connected where that takes a person. */
export const register: Action<{ name?: string; set?: string[]; bot?: string }> = async (
  desk,
  [kind],
  { name, set, bot },
) => {
  const type = await typeOf(desk, kind);
  for (const { title, text } of desk.isJson ? [] : type.steps) desk.note(`${pc.bold(title)}\n${text}`);
  const body = {
    connector: type.connector,
    name: name ?? type.label,
    settings: settingsFrom(set ?? []),
    ...(bot !== undefined && { bot_id: bot }),
  };
  if (desk.canAsk) return registerAsking(desk, type, body);
  const channel = await desk.parley.channels.create(body);
  tellOf(desk, channel, await desk.parley.channels.check(channel.id));
};

/** The wizard: every wrong answer can be corrected, and at its end the channel works, or it is said why not. */
async function registerAsking(
  desk: Desk,
  type: Shape<'ChannelType'>,
  body: NewChannel,
): Promise<number | void> {
  const { createAsking, checkAsking, installAsking } = await import('../register-channel.js');
  const channel = await createAsking(desk, type, body);
  const { capabilities } = type;
  const check = await checkAsking(desk, type, channel.id);
  tellOf(desk, channel, check);
  await installAsking(desk, type, channel.id);
  // What has a check says there whether it works; of the others only the connection can say it.
  const isConnecting =
    capabilities['connection'] === true &&
    (capabilities['check'] !== true || (await needsPerson(desk.parley, channel.id)));
  if (isConnecting) return showUntilConnected(desk, channel.id);
  return check.state === 'down' ? 7 : 0;
}

function tellOf(desk: Desk, channel: Shape<'Channel'>, check: Shape<'ChannelCheck'>): void {
  const hook = channel.webhook_url === null ? '' : `\nIts provider calls ${pc.bold(channel.webhook_url)}`;
  desk.show({ ...channel, check }, `${channel.id} ${channel.name}: ${howItIs(check)}${hook}`);
  for (const [field, words] of Object.entries(check.fields)) desk.note(`  ${field}: ${words}`);
}

async function typeOf(desk: Desk, kind: string | undefined): Promise<Shape<'ChannelType'>> {
  const known = await desk.parley.channelTypes.list().take(100);
  const wanted = kind ?? (desk.canAsk ? await (await import('../ask-settings.js')).askKind(known) : '');
  const found = known.find(({ connector }) => connector === wanted);
  if (found) return found;
  const names = known.map(({ connector }) => connector).join(', ');
  throw fault('input/invalid', { detail: `There is no kind "${wanted}": there are ${names}.` });
}

/** Looks whether a channel can work. */
export const test: Action = async (desk, [id]) => {
  const check = await desk.parley.channels.check(id!);
  const fields = Object.entries(check.fields ?? {}).map(([field, words]) => `\n  ${field}: ${words}`);
  desk.show(check, `${states[check.state](check.state)} ${check.reason}${fields.join('')}`);
  return check.state === 'down' ? 7 : 0;
};

/** Says how a channel is. */
export const health: Action = async (desk, [id]) => {
  const { health: found } = await desk.parley.channels.get(id!);
  desk.show(found, `${howItIs(found)} (since ${found.since})`);
  return found.state === 'down' ? 7 : 0;
};

/** Lets a message come in. */
export const simulate: Action<{ from: string }> = async (desk, [id, text], { from }) => {
  const result = await desk.parley.channels.simulate(id!, { from, text: text! });
  desk.show(result, `The channel's route answered ${result.status}.`);
};

/** Shows what a person has to scan, until it is done. */
export const connect: Action = async (desk, [id]) => {
  await desk.parley.channels.commandConnection(id!, 'connect').catch(() => undefined);
  return showUntilConnected(desk, id!);
};

async function needsPerson(parley: Parley, id: string): Promise<boolean> {
  return parley.channels.connection(id).then(
    ({ set_up: setUp }) => setUp !== null,
    () => false,
  );
}

async function showUntilConnected(desk: Desk, id: string): Promise<number> {
  const { followConnection } = await import('../connection.js');
  return (await followConnection(desk, id)) ? 0 : 7;
}

/** Has the provider told where to call. */
export const install: Action = async (desk, [id]) => {
  const result = await desk.parley.channels.install(id!);
  desk.show(result, result.done);
};

/** Stops what goes out. */
export const pause: Action = async (desk, [id]) => {
  const channel = await desk.parley.channels.pause(id!);
  desk.show(channel, `${channel.name} is ${channel.state}.`);
};

/** Lets it send again. */
export const resume: Action = async (desk, [id]) => {
  const channel = await desk.parley.channels.resume(id!);
  desk.show(channel, `${channel.name} is ${channel.state}.`);
};
