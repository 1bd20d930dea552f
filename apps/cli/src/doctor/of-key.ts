import type { Parley, Shape } from '#libs/sdk';
import type { Finding } from './finding.js';

const AT_ONCE = 4;

/** Looks at the key, and asks the provider of every channel whether it can be reached: nothing is sent to anyone. */
export async function ofKey(parley: Parley): Promise<Finding[]> {
  if (parley.options.apiKey === undefined) {
    const action = 'Set PARLEY_API_KEY, or run "parley login".';
    return [{ what: 'key', state: 'warning', words: 'There is none: channels were not looked at.', action }];
  }
  try {
    const me = await parley.me.get({ maxRetries: 0 });
    const key: Finding = {
      what: 'key',
      state: 'well',
      words: `${me.workspace_name}, ${me.scopes.length} scopes`,
    };
    return [key, ...(await ofChannels(parley, me.scopes))];
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    return [
      { what: 'key', state: 'wrong', words, action: 'Make another one in the console, and log in with it.' },
    ];
  }
}

async function ofChannels(parley: Parley, scopes: readonly string[]): Promise<Finding[]> {
  if (!scopes.includes('channels:read')) return [];
  const channels = await parley.channels.list({ limit: 100 }).take(1_000);
  const mayCheck = scopes.includes('channels:write');
  const findings: Finding[] = [];
  for (let at = 0; at < channels.length; at += AT_ONCE) {
    const some = channels.slice(at, at + AT_ONCE);
    findings.push(...(await Promise.all(some.map((one) => ofChannel(parley, one, mayCheck)))));
  }
  return findings;
}

/** Without the right to ask the provider now, what was found last counts. */
async function ofChannel(parley: Parley, channel: Shape<'Channel'>, mayCheck: boolean): Promise<Finding> {
  const what = `channel ${channel.name} (${channel.connector})`;
  if (channel.state !== 'active') {
    const action = `Let it send again: parley channels resume ${channel.id}`;
    return { what, state: 'warning', words: 'It is paused: nothing goes out.', action };
  }
  const { state, reason } = mayCheck ? await parley.channels.check(channel.id) : channel.health;
  if (state === 'healthy' || state === 'unknown') return { what, state: 'well', words: `${state} ${reason}` };
  const action = `Correct what it names, then: parley channels test ${channel.id}`;
  return { what, state: state === 'down' ? 'wrong' : 'warning', words: `${state} ${reason}`, action };
}
