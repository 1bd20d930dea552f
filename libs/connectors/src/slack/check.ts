import { toFault, type Fault } from '#libs/faults';
import { z } from 'zod';
import type { Check, Io } from '../connector.js';
import { botScopes, manifestLink, neededScopes } from './app-manifest.js';
import { callWithHeaders } from './call.js';
import type { SlackSettings } from './manifest.js';

const Self = z.looseObject({
  url: z.string().optional(),
  team: z.string().optional(),
  user: z.string().optional(),
  team_id: z.string().optional(),
});

/** Whether the settings are complete, and Slack knows the token and what it may do. Sends nothing to anyone. */
export async function check(io: Io<SlackSettings>): Promise<Check> {
  const missing = missingOf(io.settings);
  if (missing) return missing;
  try {
    const { answer, headers } = await callWithHeaders('auth.test', {}, io);
    const self = Self.parse(answer);
    const { team_id } = io.settings;
    if (team_id && self.team_id && self.team_id !== team_id) {
      const reason = `The token belongs to the workspace ${self.team_id}, the channel to ${team_id}.`;
      return { state: 'down', reason, fields: { team_id: `The token belongs to ${self.team_id}` } };
    }
    return scopesOf(headers['x-oauth-scopes']) ?? { state: 'healthy', reason: signedIn(self) };
  } catch (thrown) {
    return failedOf(toFault(thrown), io.settings);
  }
}

/**
 * Slack lets nobody register an app by its token: gives the link to the page that does, with everything filled in.
 */
export function install(publicHookUrl: string, io: Io<SlackSettings>): Promise<string> {
  const link = manifestLink(io.settings.mode === 'socket' ? null : publicHookUrl);
  return Promise.resolve(`Open this link, choose the workspace and create the app: ${link}`);
}

function missingOf({ mode, bot_token, signing_secret, app_token }: SlackSettings): Check | null {
  const fields = {
    ...(!bot_token && { bot_token: 'Copy the Bot User OAuth Token here, or install the app by its link' }),
    ...(mode === 'http' &&
      !signing_secret && { signing_secret: 'Copy the Signing Secret from Basic Information here' }),
    ...(mode === 'socket' &&
      !app_token && { app_token: 'Make an App-Level Token with connections:write, and copy it here' }),
  };
  const names = Object.keys(fields);
  if (names.length === 0) return null;
  return { state: 'down', reason: `The set-up is not finished: ${names.join(' and ')} missing.`, fields };
}

/** @param header  absent where a proxy drops it: then nothing is concluded */
function scopesOf(header: string | undefined): Check | null {
  if (header === undefined) return null;
  const granted = new Set(header.split(',').map((scope) => scope.trim()));
  const missing = botScopes.filter((scope) => !granted.has(scope));
  if (missing.length === 0) return null;
  const words = `The token lacks ${missing.join(', ')}: add them in OAuth & Permissions and install the app again.`;
  const isDown = neededScopes.some((scope) => !granted.has(scope));
  return { state: isDown ? 'down' : 'degraded', reason: words, fields: { bot_token: words } };
}

const signedIn = ({ user, team }: z.infer<typeof Self>): string =>
  `Slack knows the token${user ? ` as @${user}` : ''}${team ? ` in ${team}` : ''}.`;

const words: Readonly<Record<string, string>> = {
  account_inactive:
    'The app was uninstalled, or its bot was switched off: install it again and copy the new token.',
  token_revoked: 'The token was revoked: install the app again and copy the new token.',
  token_expired: 'The token has expired: turn off token rotation, or install the app again.',
  invalid_auth: 'Slack does not know the token: copy it again from OAuth & Permissions.',
  not_authed: 'Slack does not know the token: copy it again from OAuth & Permissions.',
};

function failedOf({ code, detail, provider }: Fault, { api_url }: SlackSettings): Check {
  const said = provider?.code ?? '';
  if (code === 'channel/credentials') {
    const reason = words[said] ?? `Slack refuses the token: ${said || detail}.`;
    return { state: 'down', reason, fields: { bot_token: reason } };
  }
  const host = new URL(api_url).host;
  if (code === 'channel/throttled') return { state: 'degraded', reason: `${host} asks to slow down.` };
  return { state: 'down', reason: `${host} does not answer as it should: ${said || detail}` };
}
