import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Manifest } from '../connector.js';
import { limitsSource, whatsappLimits } from './limits.js';

const id = z.string().regex(/^\d{5,20}$/, 'must be the digits that Meta shows');

export const WhatsAppCloudSettings = z.strictObject({
  phone_number_id: id.describe('Phone number ID, from WhatsApp → API Setup; not the number itself'),
  business_account_id: id
    .optional()
    .describe('WhatsApp Business Account ID, from the same page; lets Parley register its webhook by itself'),
  access_token: z
    .string()
    .min(20)
    .describe(
      'Access token of a system user with whatsapp_business_messaging; the one on the page ends after a day',
    ),
  app_secret: z.string().min(16).describe('App secret, from App settings → Basic: signs what Meta sends'),
  verify_token: z
    .string()
    .min(8)
    .max(128)
    .describe('What Meta must say when the webhook is set up; made for you when left out'),
  api_version: z
    .string()
    .regex(/^v\d{2}\.\d$/, 'must look like v23.0')
    .default('v23.0')
    .describe('Version of the Graph API'),
  base_url: z
    .url({ protocol: /^https?$/ })
    .default('https://graph.facebook.com')
    .describe('Address of the Graph API'),
  rate_per_second: z
    .number()
    .positive()
    .max(1_000)
    .default(80)
    .describe(
      'Messages a second that the number may send: 80 unless Meta has raised it; 20 beside the Business app',
    ),
});
export type WhatsAppCloudSettings = z.infer<typeof WhatsAppCloudSettings>;

const limit = (name: string, value: number, unit: string) => ({ name, value, unit, source: limitsSource });

export const manifest: Manifest<WhatsAppCloudSettings> = {
  id: 'whatsapp-cloud',
  label: 'WhatsApp Business (Cloud API)',
  description: "WhatsApp through Meta's own API, for registered businesses.",
  settings: WhatsAppCloudSettings,
  secrets: ['access_token', 'app_secret', 'verify_token'],
  generated: { verify_token: () => randomBytes(24).toString('base64url') },
  limits: [
    limit('text', whatsappLimits.text, 'UTF-16 code units of a text'),
    limit('caption', whatsappLimits.caption, 'UTF-16 code units of a caption'),
    limit('body', whatsappLimits.body, 'UTF-16 code units of the question above buttons or a list'),
    limit('buttons', whatsappLimits.buttons, 'buttons of a message'),
    limit('buttonTitle', whatsappLimits.buttonTitle, 'UTF-16 code units of a button'),
    limit('rows', whatsappLimits.rows, 'rows of a list, over all its sections'),
    limit('rowTitle', whatsappLimits.rowTitle, 'UTF-16 code units of a row'),
    limit('rowDescription', whatsappLimits.rowDescription, 'UTF-16 code units below a row'),
    limit('sectionTitle', whatsappLimits.sectionTitle, 'UTF-16 code units of a section'),
  ],
  steps: [
    {
      title: 'Make an app',
      text: 'At developers.facebook.com make an app of the type Business and add WhatsApp. API Setup shows the phone number ID and the account ID.',
    },
    {
      title: 'Make a token that lasts',
      text: 'In the business settings make a system user, give it the app and the WhatsApp account, and generate a token with whatsapp_business_messaging and whatsapp_business_management.',
    },
    {
      title: 'Connect the webhook',
      text: "In WhatsApp → Configuration enter the channel's webhook address and verify token, and subscribe to messages. With the account ID filled in, Parley can do it.",
    },
    {
      title: 'Check',
      text: 'Run the check of the channel: it reads the number from Meta and sends nothing. Then write to the number from your phone.',
    },
    {
      title: 'Mind the window',
      text: '24 hours after the last message of a person only templates that Meta has approved can be sent to them.',
    },
  ],
  deliveryClass: () => 'blind',
  pacing: ({ phone_number_id, rate_per_second }) => ({
    account: phone_number_id,
    perAccount: { ratePerSecond: rate_per_second, burst: Math.ceil(rate_per_second) },
    // One message in six seconds to one person; a burst borrows from later (facts of Meta's partners, read 2026-11-21).
    perDestination: { ratePerSecond: 1 / 6, burst: 10 },
  }),
};
