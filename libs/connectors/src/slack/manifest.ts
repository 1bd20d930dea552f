import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Limit, Manifest } from '../connector.js';
import { manifestLink } from './app-manifest.js';
import { slackLimits } from './limits.js';

const secret = (pattern: RegExp, error: string) => z.string().max(512).regex(pattern, error);
const id = (letters: string) =>
  z
    .string()
    .regex(new RegExp(`^[${letters}][A-Z0-9]{1,20}$`), `must begin with ${letters[0]}, as Slack shows it`);

export const SlackSettings = z.strictObject({
  mode: z
    .enum(['http', 'socket'])
    .default('http')
    .describe(
      'How events come: http: Slack posts them to the webhook address · socket: Parley holds a connection open',
    ),
  bot_token: secret(/^xox[be][.-]/, 'must begin with xoxb-')
    .optional()
    .describe('Bot User OAuth Token, from OAuth & Permissions; the installation by link fills it in'),
  signing_secret: secret(/^\S{16,}$/, 'must be at least 16 characters')
    .optional()
    .describe('Signing Secret, from Basic Information: signs what Slack posts; needed for http'),
  app_token: secret(/^xapp-/, 'must begin with xapp-')
    .optional()
    .describe('App-Level Token with connections:write, from Basic Information; needed for socket'),
  client_id: z
    .string()
    .max(100)
    .regex(/^\d+\.\d+$/, 'must be two numbers and a dot')
    .optional()
    .describe('Client ID, from Basic Information; needed for the installation by link'),
  client_secret: secret(/^\S{16,}$/, 'must be at least 16 characters')
    .optional()
    .describe('Client Secret, from Basic Information; needed for the installation by link'),
  team_id: id('TE')
    .optional()
    .describe('The Slack workspace; events of others are ignored. The installation by link fills it in'),
  app_id: id('A').optional().describe('The Slack app; events of others are ignored'),
  channel_messages: z
    .enum(['all', 'mentions'])
    .default('all')
    .describe(
      'In channels where the app is a member: all: it hears every message · mentions: only those that name it',
    ),
  api_url: z
    .url({ protocol: /^https?$/ })
    .refine((url) => !/^https?:\/\/[^/?#]*@/i.test(url), { error: 'must not hold a user name or password' })
    .default('https://slack.com/api')
    .describe('Address of the Web API'),
});
export type SlackSettings = z.infer<typeof SlackSettings>;

export const manifest: Manifest<SlackSettings> = {
  id: 'slack',
  label: 'Slack',
  description: 'Channels, threads and direct messages of a Slack workspace.',
  settings: SlackSettings,
  secrets: ['bot_token', 'signing_secret', 'app_token', 'client_secret'],
  limits: Object.entries(slackLimits).map(([name, limit]): Limit => ({ name, ...limit })),
  steps: [
    {
      title: 'Make the app',
      text: `Open ${manifestLink(null)} (for Socket Mode), or the link that the channel's installation gives (for http: it holds the webhook address). Choose the workspace and create the app; every permission and event is filled in.`,
    },
    {
      title: 'Install it',
      text: 'In Install App press Install to Workspace and copy the Bot User OAuth Token (xoxb-…) into bot_token. Or fill in client_id and client_secret and use the installation by link.',
    },
    {
      title: 'Connect the events',
      text: 'http: copy the Signing Secret into signing_secret, save, then press Retry beside the request URL in Event Subscriptions. socket: in Basic Information make an App-Level Token with connections:write and copy it into app_token.',
    },
    {
      title: 'Invite it',
      text: 'Direct messages work at once. In a channel write /invite @ and the name of the app.',
    },
    {
      title: 'Check',
      text: 'Run the check of the channel: it asks Slack who the token belongs to and what it may do, and sends nothing to anyone.',
    },
  ],
  deliveryClass: () => 'look-up',
  // Slack allows about one message a second in a channel, and several hundred a minute in a workspace.
  // https://docs.slack.dev/apis/web-api/rate-limits; https://api.slack.com/docs/rate-limits (the latter read 2026-11-21)
  pacing: (settings) => ({
    account: accountOf(settings),
    perAccount: { ratePerSecond: 5, burst: 20 },
    perDestination: { ratePerSecond: 1, burst: 2 },
  }),
};

/** An app in a workspace has one bot token, and its own limits. */
function accountOf({ bot_token, team_id }: SlackSettings): string {
  const digest = createHash('sha256')
    .update(bot_token ?? '')
    .digest('hex')
    .slice(0, 12);
  return `${team_id ?? 'slack'}#${digest}`;
}
