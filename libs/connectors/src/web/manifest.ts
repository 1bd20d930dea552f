import { randomBytes } from 'node:crypto';
import { contentLimits, PreChat } from '#libs/model';
import { z } from 'zod';
import type { Manifest } from '../connector.js';

const Origin = z
  .string()
  .max(300)
  .regex(/^(\*|https?:\/\/[a-z0-9.-]+(:\d{1,5})?|https?:\/\/\[[0-9a-f:]+\](:\d{1,5})?)$/, {
    error: 'must be *, or an origin in lower case such as https://shop.example.com',
  });

export const WebSettings = z.strictObject({
  title: z.string().trim().min(1).max(60).default('Chat with us').describe('Heading of the chat window'),
  greeting: z.string().max(500).default('').describe('Shown before the first message; empty shows nothing'),
  accent_color: z
    .string()
    .regex(/^#[0-9a-f]{6}$/i, { error: 'must be a colour such as #1a7f64' })
    .default('#1a7f64')
    .describe('Colour of buttons and of what the visitor says'),
  pre_chat: PreChat.nullable()
    .default(null)
    .describe('Asked before a conversation begins; the answers stand at the contact. Null asks nothing'),
  transcript: z
    .boolean()
    .default(false)
    .describe(
      'Visitors may have what was said sent by mail, to an address that they name, through an e-mail channel of the workspace',
    ),
  allowed_origins: z
    .array(Origin)
    .min(1)
    .max(50)
    .default(['*'])
    .describe('Pages that may show the chat: origins with scheme and port, or * for every page'),
  visitor_secret: z
    .string()
    .min(32)
    .max(512)
    .describe(
      'Signs the tokens of visitors; made by Parley when left out. A new one ends every open session',
    ),
});
export type WebSettings = z.infer<typeof WebSettings>;

export const manifest: Manifest<WebSettings> = {
  id: 'web',
  label: 'Web chat',
  description: 'A chat on your own pages. Visitors write in the browser and see the answers as they come.',
  settings: WebSettings,
  secrets: ['visitor_secret'],
  generated: { visitor_secret: () => randomBytes(32).toString('base64url') },
  limits: [{ name: 'text', value: contentLimits.textMax, unit: 'UTF-16 code units', source: 'ours' }],
  steps: [
    { title: 'Say how it looks', text: 'Choose the title, the greeting and the colour.' },
    {
      title: 'Say where it may appear',
      text: 'List the origins of your pages, scheme and port included. Until then every page may show the chat.',
    },
    {
      title: 'Put it on a page',
      text: 'Open a session for each visitor and hand the client token to the page.',
    },
  ],
  deliveryClass: () => 'idempotent',
  pacing: () => ({ account: 'web' }),
};
