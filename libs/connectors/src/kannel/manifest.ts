import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Manifest } from '../connector.js';
import { keywordSettings } from '../shared/sms/keywords.js';
import { Country, Sender } from '../shared/sms/phone.js';
import { SMS_PARTS, smsLimits, smsSettings } from '../shared/sms/plan-sms.js';

export const KannelSettings = z.strictObject({
  sendsms_url: z
    .url({ protocol: /^https?$/ })
    .refine((url) => !/[?#@]/.test(url), { error: 'must hold neither a user nor a query' })
    .describe('Address of sendsms, such as http://10.0.0.5:13013/cgi-bin/sendsms'),
  username: z.string().min(1).max(200).describe('User name of the sendsms-user group'),
  password: z.string().min(1).max(200).describe('Password of the sendsms-user group'),
  from: Sender,
  smsc: z
    .string()
    .regex(/^[\w.-]{1,64}$/, 'must be letters, digits, dots and dashes')
    .optional()
    .describe('smsc-id that messages leave by; Kannel chooses when it is left out'),
  country: Country,
  hook_secret: z
    .string()
    .regex(/^[\w-]{16,128}$/, 'must be 16 to 128 letters, digits, _ and -')
    .describe('What Kannel must say in its get-url, because it signs nothing; made for you when left out'),
  ...smsSettings,
  ...keywordSettings,
  rate_per_second: z
    .number()
    .positive()
    .max(10_000)
    .default(30)
    .describe('Messages handed to Kannel per second; Kannel itself queues them at the pace of the SMSC'),
});
export type KannelSettings = z.infer<typeof KannelSettings>;

export const manifest: Manifest<KannelSettings> = {
  id: 'kannel',
  label: 'SMS by Kannel',
  description: 'SMS over a Kannel gateway (smsbox): sendsms out, get-url in, dlr-url for receipts.',
  settings: KannelSettings,
  secrets: ['password', 'hook_secret'],
  generated: { hook_secret: () => randomBytes(32).toString('base64url') },
  limits: smsLimits,
  steps: [
    {
      title: 'Make a user',
      text: 'In Kannel make a group sendsms-user with concatenation = true and max-messages of at least max_segments, and allow it the address of this installation (user-allow-ip).',
    },
    {
      title: 'Point messages here',
      text: 'In Kannel make a group sms-service with keyword = default, catch-all = true, max-messages = 0, omit-empty = true, concatenation = true and get-url = "<the channel\'s webhook address>?secret=<hook_secret>&from=%p&to=%P&text=%b&id=%I&time=%T&coding=%c&charset=%C".',
    },
    {
      title: 'Keep others out',
      text: 'Kannel signs nothing: its requests are known by the secret in the address. Let them go over HTTPS, or over a network that nobody else listens on, and give Kannel http-request-retry so that it sends again after an outage.',
    },
    {
      title: 'Check',
      text: 'Run the check of the channel: it asks sendsms without a receiver, and sends nothing. Then write to the number from your phone.',
    },
  ],
  deliveryClass: () => 'blind',
  pacing: ({ sendsms_url, username, rate_per_second }) => ({
    account: `${username}@${new URL(sendsms_url).host}`,
    perAccount: { ratePerSecond: rate_per_second, burst: Math.ceil(rate_per_second) },
  }),
  partsAs: SMS_PARTS,
};
