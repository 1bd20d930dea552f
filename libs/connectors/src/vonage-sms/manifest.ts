import { z } from 'zod';
import type { Manifest } from '../connector.js';
import { keywordSettings } from '../shared/sms/keywords.js';
import { Sender } from '../shared/sms/phone.js';
import { SMS_PARTS, smsLimits, smsSettings } from '../shared/sms/plan-sms.js';

export const VonageSmsSettings = z.strictObject({
  api_key: z
    .string()
    .regex(/^[0-9a-zA-Z]{4,64}$/, 'must be letters and digits')
    .describe('API key, from the front page of the Vonage dashboard'),
  api_secret: z.string().min(1).max(200).describe('API secret, from the same page'),
  signature_secret: z
    .string()
    .min(1)
    .max(200)
    .describe('Signature secret, from API settings: Vonage signs with it what it sends'),
  signature_method: z
    .enum(['md5hash', 'md5', 'sha1', 'sha256', 'sha512'])
    .default('sha256')
    .describe('The algorithm that is chosen in API settings; md5hash is what Vonage calls MD5 hash'),
  from: Sender,
  ...smsSettings,
  ...keywordSettings,
  rate_per_second: z
    .number()
    .positive()
    .max(1_000)
    .default(30)
    .describe('Calls per second that the account may make: 30 unless Vonage has raised it'),
  base_url: z
    .url({ protocol: /^https?$/ })
    .default('https://rest.nexmo.com')
    .describe('Address of the API'),
});
export type VonageSmsSettings = z.infer<typeof VonageSmsSettings>;

export const manifest: Manifest<VonageSmsSettings> = {
  id: 'vonage-sms',
  label: 'SMS by Vonage',
  description: 'SMS over a number of the Vonage SMS API (formerly Nexmo).',
  settings: VonageSmsSettings,
  secrets: ['api_secret', 'signature_secret'],
  limits: smsLimits,
  steps: [
    {
      title: 'Rent a number',
      text: 'In the Vonage dashboard rent a number that can send and receive SMS.',
    },
    {
      title: 'Copy the credentials',
      text: 'API key and secret stand on the front page; the signature secret and its algorithm under API settings.',
    },
    {
      title: 'Have webhooks signed',
      text: 'Vonage signs webhooks only on request: ask its support to turn on signed webhooks for the account. Parley takes nothing that is not signed.',
    },
    {
      title: 'Connect the webhook',
      text: "Let Parley set the number's inbound webhook, or enter the channel's address there. The SMS API must be chosen in API settings, not the Messages API; GET, POST and POST-JSON all work.",
    },
    {
      title: 'Check',
      text: 'Run the check of the channel: it reads the balance and sends nothing. Then write to the number from your phone.',
    },
  ],
  deliveryClass: () => 'blind',
  pacing: ({ api_key, rate_per_second }) => ({
    account: api_key,
    perAccount: { ratePerSecond: rate_per_second, burst: Math.ceil(rate_per_second) },
  }),
  partsAs: SMS_PARTS,
};
