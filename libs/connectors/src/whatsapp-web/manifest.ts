import { z } from 'zod';
import type { Manifest } from '../connector.js';

export const WhatsAppWebSettings = z.strictObject({
  pair_with: z
    .string()
    .regex(/^\+[1-9]\d{6,14}$/, 'must be a phone number such as +4915112345678')
    .optional()
    .describe(
      'Phone number of the account: link by typing a code on that phone instead of scanning a QR code',
    ),
  groups: z
    .boolean()
    .default(false)
    .describe('Whether messages in groups are answered; else only direct chats are'),
  rate_per_minute: z
    .number()
    .positive()
    .max(120)
    .default(20)
    .describe('Messages a minute that the account sends at most. Fast senders are blocked first'),
  chromium: z
    .string()
    .max(500)
    // Whoever may edit channels may not choose what runs here.
    .regex(
      /^\/(?:[\w .-]+\/)*(?:chromium|chromium-browser|chrome|google-chrome|google-chrome-stable|Google Chrome)$/,
      'must be the absolute path of a Chromium or Chrome',
    )
    .refine((path) => !/\/\.{1,2}\//.test(path), 'must not go up')
    .default('/usr/bin/chromium')
    .describe('Path of Chromium or Chrome on the machines of the workers'),
  stand_in: z
    .string()
    .regex(/^127\.0\.0\.1:\d{2,5}$/, 'must be 127.0.0.1 and a port')
    .optional()
    .describe(
      'For tests: a server on this machine that stands in for web.whatsapp.com; everything else is unreachable then',
    ),
});
export type WhatsAppWebSettings = z.infer<typeof WhatsAppWebSettings>;

/** UTF-16 code units of one message: ours, well below what WhatsApp takes. */
export const TEXT_MAX = 4_096;
export const CAPTION_MAX = 1_024;
/** Bytes of a file: it travels to the browser as base64. */
export const FILE_MAX = 16 * 1_024 * 1_024;

export const manifest: Manifest<WhatsAppWebSettings> = {
  id: 'whatsapp-web',
  label: 'WhatsApp (linked device)',
  description:
    'An ordinary WhatsApp account through WhatsApp Web. Unofficial: WhatsApp may block the account.',
  settings: WhatsAppWebSettings,
  secrets: [],
  limits: [
    { name: 'text', value: TEXT_MAX, unit: 'UTF-16 code units of a message', source: 'ours' },
    { name: 'caption', value: CAPTION_MAX, unit: 'UTF-16 code units of a caption', source: 'ours' },
    { name: 'file', value: FILE_MAX, unit: 'bytes of a file', source: 'ours' },
  ],
  steps: [
    {
      title: 'Know the risk',
      text: "WhatsApp's terms do not allow unofficial clients or automated use of ordinary accounts, and it blocks accounts for it. Use a number that you can lose, or the official WhatsApp Business (Cloud API) channel.",
    },
    {
      title: 'Have a browser',
      text: 'Chromium must be on every machine that runs a worker: apt-get install chromium. Count 400 MB of memory for each channel, and keep the data folder on a volume that stays: it holds the link to the account.',
    },
    {
      title: 'Link the account',
      text: 'On the phone: Settings → Linked devices → Link a device, and scan the code that the channel shows; or set pair_with and type the code that it shows. Codes change every few seconds.',
    },
    {
      title: 'Keep the phone alive',
      text: 'WhatsApp ends the link when the phone has not been online for 14 days.',
    },
  ],
  deliveryClass: () => 'blind',
  pacing: ({ rate_per_minute }) => ({
    account: 'whatsapp-web',
    perAccount: { ratePerSecond: rate_per_minute / 60, burst: 5 },
  }),
};
