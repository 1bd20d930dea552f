import { z } from 'zod';
import type { Manifest } from '../connector.js';
import { keywordSettings } from '../shared/sms/keywords.js';
import { Country, Sender } from '../shared/sms/phone.js';
import { SMS_PARTS, smsLimits, smsSettings } from '../shared/sms/plan-sms.js';

const ascii = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[\x20-\x7e]*$/, 'must be plain letters, digits and signs');
const type = z.int().min(0).max(255).optional();

export const SmppSettings = z.strictObject({
  host: z
    .string()
    .min(1)
    .max(253)
    .regex(/^[a-z0-9.:[\]_-]+$/i, 'must be a host name or an IP address')
    .describe('Host of the SMSC'),
  port: z.int().min(1).max(65_535).default(2_775).describe('Port of the SMSC; with TLS often 3550'),
  tls: z.boolean().default(false).describe('Connect with TLS, and verify the certificate'),
  tls_ca: z
    .string()
    .max(100_000)
    .regex(/-----BEGIN CERTIFICATE-----/, 'must be a certificate in PEM')
    .optional()
    .describe(
      'Certificate of the authority that signed the one of the SMSC, in PEM, where it is a private one',
    ),
  system_id: ascii(15).min(1).describe('User name (system_id)'),
  password: ascii(64).describe('Password; the standard allows 8 characters, many carriers more'),
  system_type: ascii(12).default('').describe('System type, where the carrier wants one'),
  address_range: ascii(40).default('').describe('Numbers whose messages this connection wants; mostly empty'),
  from: Sender,
  source_ton: type.describe(
    'Type of number of the sender (TON), where the carrier wants another than the usual',
  ),
  source_npi: type.describe(
    'Numbering plan of the sender (NPI), where the carrier wants another than the usual',
  ),
  country: Country,
  default_alphabet: z
    .enum(['gsm-7', 'latin-1', 'ascii'])
    .default('gsm-7')
    .describe('What data coding 0 means to this SMSC'),
  long_messages: z
    .enum(['udh', 'payload'])
    .default('udh')
    .describe(
      'udh: we cut long messages · payload: they go out whole in message_payload, and the SMSC cuts them',
    ),
  receipt_ids: z
    .enum(['same', 'decimal', 'hexadecimal'])
    .default('same')
    .describe('How receipts write message ids, where that differs from how they are given out'),
  ...smsSettings,
  ...keywordSettings,
  rate_per_second: z
    .number()
    .positive()
    .max(10_000)
    .default(10)
    .describe('Messages per second that the carrier allows; a long message counts once here'),
  window: z.int().min(1).max(1_000).default(10).describe('Requests that may wait for an answer at once'),
  enquire_link_seconds: z
    .number()
    .min(1)
    .max(600)
    .default(30)
    .describe('How often the connection is tried out when it is idle'),
  response_timeout_seconds: z
    .number()
    .min(1)
    .max(60)
    .default(10)
    .describe('How long an answer of the SMSC may take'),
});
export type SmppSettings = z.infer<typeof SmppSettings>;

export const manifest: Manifest<SmppSettings> = {
  id: 'smpp',
  label: 'SMS by SMPP',
  description: 'SMS over a carrier or aggregator, or over Kannel, by SMPP 3.4.',
  settings: SmppSettings,
  secrets: ['password'],
  limits: smsLimits,
  steps: [
    {
      title: 'Get an account',
      text: 'The carrier gives host, port, system_id and password, and says from where it may be called and which senders may be used.',
    },
    {
      title: 'Ask four questions',
      text: 'Which alphabet data coding 0 means; whether receipts write message ids as they are given out; how many messages a second are allowed; whether connections as transceiver are allowed (they are needed).',
    },
    {
      title: 'Connect',
      text: 'Create the channel: one worker opens the connection, and the channel shows how it is. A refused password or an address that may not call stands there in words.',
    },
    { title: 'Try it', text: 'Write to the number from your phone.' },
  ],
  deliveryClass: () => 'blind',
  pacing: ({ host, port, system_id, rate_per_second }) => ({
    account: `${system_id}@${host}:${port}`,
    perAccount: { ratePerSecond: rate_per_second, burst: Math.ceil(rate_per_second) },
  }),
  partsAs: SMS_PARTS,
};
