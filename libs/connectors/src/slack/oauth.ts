import { fault } from '#libs/faults';
import { z } from 'zod';
import type { Io } from '../connector.js';
import { botScopes } from './app-manifest.js';
import { callSlack } from './call.js';
import type { SlackSettings } from './manifest.js';

const Granted = z.looseObject({
  access_token: z.string().min(1),
  token_type: z.literal('bot'),
  app_id: z.string().optional(),
  team: z.looseObject({ id: z.string() }).nullish(),
});

/**
 * Slack's page where a person lets the app into a workspace.
 *
 * @see https://docs.slack.dev/authentication/installing-with-oauth
 */
export function authorizeUrl(settings: SlackSettings, redirectUrl: string, state: string): string {
  const { client_id } = needed(settings);
  const url = new URL('/oauth/v2/authorize', settings.api_url);
  url.searchParams.set('client_id', client_id);
  url.searchParams.set('scope', botScopes.join(','));
  url.searchParams.set('redirect_uri', redirectUrl);
  url.searchParams.set('state', state);
  if (settings.team_id) url.searchParams.set('team', settings.team_id);
  return url.href;
}

/** The bot token, and which app and workspace it is for. */
export async function exchange(
  code: string,
  redirectUrl: string,
  io: Io<SlackSettings>,
): Promise<Partial<SlackSettings>> {
  const { client_id, client_secret } = needed(io.settings);
  const answer = await callSlack(
    'oauth.v2.access',
    { client_id, client_secret, code, redirect_uri: redirectUrl },
    io,
    { token: null },
  );
  const granted = Granted.safeParse(answer);
  if (!granted.success)
    throw fault('channel/rejected', { detail: 'Slack gave no token for a bot: the app has no bot scopes.' });
  const { access_token, app_id, team } = granted.data;
  const { team_id } = io.settings;
  if (team_id && team && team.id !== team_id)
    throw fault('channel/rejected', {
      detail: `The app was let into ${team.id}; this channel is for ${team_id}.`,
    });
  return { bot_token: access_token, ...(app_id && { app_id }), ...(team && { team_id: team.id }) };
}

function needed({ client_id, client_secret }: SlackSettings): { client_id: string; client_secret: string } {
  if (client_id === undefined || client_secret === undefined)
    throw fault('channel/not-connected', {
      detail: 'The installation by link needs client_id and client_secret, from Basic Information.',
    });
  return { client_id, client_secret };
}
