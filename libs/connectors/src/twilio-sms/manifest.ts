import { z } from 'zod';
import type { Manifest } from '../connector.js';
import { keywordSettings } from '../shared/sms/keywords.js';
import { Sender } from '../shared/sms/phone.js';
import { SMS_PARTS, smsLimits, smsSettings } from '../shared/sms/plan-sms.js';

const sid = (letters: string) =>
  z.string().regex(new RegExp(`^${letters}[0-9a-fA-F]{32}$`), `must be ${letters} and 32 hexadecimal digits`);
const address = z.url({ protocol: /^https?$/ });

export const TwilioSmsSettings = z
  .strictObject({
    account_sid: sid('AC').describe('Account SID, from the front page of the Twilio console'),
    auth_token: z
      .string()
      .min(1)
      .max(200)
      .describe('Auth token of the account, from the same page: signs what Twilio sends'),
    auth_token_secondary: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .describe('Secondary auth token, accepted too while you change over to it'),
    api_key_sid: sid('SK').optional().describe('API key for calls, in place of the auth token'),
    api_key_secret: z.string().min(1).max(200).optional().describe('Secret of the API key'),
    from: Sender.optional().describe(
      'Number with + that messages come from; also a short code or a name of up to 11 characters',
    ),
    messaging_service_sid: sid('MG')
      .optional()
      .describe('Messaging Service that chooses the sender; with a number in from, that one of its senders'),
    mms: z
      .boolean()
      .default(false)
      .describe('Send files as MMS (only numbers of the US, Canada and Australia can); else as links'),
    ...smsSettings,
    ...keywordSettings,
    rate_per_second: z
      .number()
      .positive()
      .max(1_000)
      .default(20)
      .describe('Messages handed to Twilio per second; Twilio itself queues them at the pace of the sender'),
    public_url: address
      .optional()
      .describe('Where Twilio reaches this installation, if that differs from its public address'),
    base_url: address.default('https://api.twilio.com').describe('Address of the API'),
    messaging_url: address
      .default('https://messaging.twilio.com')
      .describe('Address of the API of Messaging Services'),
  })
  .refine(({ from, messaging_service_sid }) => from !== undefined || messaging_service_sid !== undefined, {
    error: 'give a sender, or a messaging_service_sid',
    path: ['from'],
  })
  .refine(({ api_key_sid, api_key_secret }) => !api_key_sid === !api_key_secret, {
    error: 'goes together with api_key_sid',
    path: ['api_key_secret'],
  });
export type TwilioSmsSettings = z.infer<typeof TwilioSmsSettings>;

/** @see https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource (read 2026-11-21) */
export const MEDIA_MAX = 10;

export const manifest: Manifest<TwilioSmsSettings> = {
  id: 'twilio-sms',
  label: 'SMS by Twilio',
  description: 'SMS and MMS over a Twilio number or Messaging Service.',
  settings: TwilioSmsSettings,
  secrets: ['auth_token', 'auth_token_secondary', 'api_key_secret'],
  limits: [
    ...smsLimits,
    {
      name: 'media',
      value: MEDIA_MAX,
      unit: 'files of a message',
      source: 'twilio.com/docs/messaging/api/message-resource (read 2026-11-21)',
    },
  ],
  steps: [
    {
      title: 'Buy a number',
      text: 'In the Twilio console buy a number that can send and receive SMS. For the US register your brand and campaign (A2P 10DLC) first.',
    },
    {
      title: 'Copy the credentials',
      text: 'Take account SID and auth token from the front page of the console. Calls can be made with an API key instead; the auth token is still needed, because Twilio signs with it.',
    },
    {
      title: 'Connect the webhook',
      text: "Let Parley set the number's address for incoming messages by itself, or enter the channel's webhook address there with HTTP POST.",
    },
    {
      title: 'Check',
      text: 'Run the check of the channel: it reads account and number and sends nothing. Then write to the number from your phone.',
    },
  ],
  deliveryClass: () => 'blind',
  pacing: ({ account_sid, rate_per_second }) => ({
    account: account_sid,
    perAccount: { ratePerSecond: rate_per_second, burst: Math.ceil(rate_per_second) },
  }),
  partsAs: SMS_PARTS,
};
