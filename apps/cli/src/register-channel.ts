import { type Body, InvalidRequestError, type Shape } from '#libs/sdk';
import pc from 'picocolors';
import { askAgain, askSettings, askWhether } from './ask-settings.js';
import type { Desk } from './desk.js';

/** What a new channel is made of. */
export type NewChannel = Body<'Channels_create'>;

/** Asks for what is missing, makes the channel, and asks again for what was refused. */
export async function createAsking(
  desk: Desk,
  type: Shape<'ChannelType'>,
  body: NewChannel,
): Promise<Shape<'Channel'>> {
  const settings = { ...body.settings, ...(await askSettings(type, body.settings ?? {})) };
  for (;;) {
    try {
      return await desk.parley.channels.create({ ...body, settings });
    } catch (error) {
      const wrong = error instanceof InvalidRequestError ? wrongSettings(error) : {};
      const better = Object.keys(wrong).length === 0 ? {} : await askAgain(type, wrong);
      if (Object.keys(better).length === 0) throw error;
      Object.assign(settings, better);
    }
  }
}

/** Checks a channel, and lets what the provider finds wrong be corrected, until it is right or left. */
export async function checkAsking(
  desk: Desk,
  type: Shape<'ChannelType'>,
  id: string,
): Promise<Shape<'ChannelCheck'>> {
  for (;;) {
    const check = await desk.parley.channels.check(id);
    if (Object.keys(check.fields).length === 0) return check;
    desk.note(`${pc.yellow(check.state)} ${check.reason}`);
    const settings = await askAgain(type, check.fields);
    if (Object.keys(settings).length === 0) return check;
    await desk.parley.channels.update(id, { settings });
  }
}

/** Offers to tell the provider where to call; that it could not be told is said, and ends nothing. */
export async function installAsking(
  desk: Desk,
  { capabilities }: Shape<'ChannelType'>,
  id: string,
): Promise<void> {
  if (capabilities['install'] !== true) return;
  if (!(await askWhether('Shall the provider be told now where to call?'))) return;
  try {
    desk.note((await desk.parley.channels.install(id)).done);
  } catch (error) {
    desk.note(`${pc.yellow('The provider could not be told:')} ${(error as Error).message}`);
  }
}

/** Settings that were refused, by their name on the top level: `/settings/url` is `url`. */
function wrongSettings({ fields }: InvalidRequestError): Record<string, string> {
  const found = fields.flatMap(({ pointer, detail }) => {
    const [, name] = /^\/settings\/([^/]+)/.exec(pointer) ?? [];
    return name === undefined ? [] : [[name, detail] as const];
  });
  return Object.fromEntries(found);
}
