import { z } from 'zod';

/** What passes between the worker and the child that holds the browser. Parsed on both sides; files are base64. */

const id = z.string().min(1).max(512);

/** A message as the child tells it: only what Parley reads. */
export const ToldMessage = z.object({
  /** The id within its chat. */
  stanza: id,
  /** The library's whole id, by which files are fetched. */
  serialized: id,
  chat: id,
  author: id,
  name: z.string().max(200).optional(),
  isMine: z.boolean(),
  type: z.string().max(64),
  body: z.string(),
  seconds: z.number().nonnegative(),
  quoted: id.optional(),
  isForwarded: z.boolean().optional(),
  mime: z.string().max(255).optional(),
  fileName: z.string().optional(),
  location: z.object({ latitude: z.number(), longitude: z.number(), name: z.string().optional() }).optional(),
  vcards: z.array(z.string()).optional(),
});
export type ToldMessage = z.infer<typeof ToldMessage>;

export const FromChild = z.discriminatedUnion('tell', [
  z.object({ tell: z.literal('qr'), value: z.string().min(1).max(2_000) }),
  z.object({ tell: z.literal('code'), value: z.string().min(1).max(32) }),
  z.object({ tell: z.literal('authenticated') }),
  z.object({ tell: z.literal('ready'), me: z.string().max(128) }),
  z.object({ tell: z.literal('message'), message: ToldMessage }),
  z.object({ tell: z.literal('edited'), message: ToldMessage }),
  z.object({ tell: z.literal('revoked'), chat: id, author: id, stanza: id }),
  z.object({
    tell: z.literal('reaction'),
    chat: id,
    author: id,
    stanza: id,
    emoji: z.string().max(64),
    key: id,
  }),
  z.object({ tell: z.literal('ack'), chat: id, stanza: id, ack: z.int() }),
  z.object({ tell: z.literal('state'), state: z.string().max(64) }),
  z.object({ tell: z.literal('ended'), reason: z.string().max(500) }),
  z.object({ tell: z.literal('answer'), call: z.int(), value: z.unknown() }),
  z.object({
    tell: z.literal('refusal'),
    call: z.int(),
    /** `unknown-recipient`, `gone`, `failed`. */
    why: z.string().max(64),
    words: z.string().max(500),
  }),
]);
export type FromChild = z.infer<typeof FromChild>;

export const Call = z.discriminatedUnion('do', [
  z.object({
    do: z.literal('send'),
    chat: id,
    text: z.string().optional(),
    file: z.object({ base64: z.string(), mime: z.string(), name: z.string().optional() }).optional(),
    asDocument: z.boolean().optional(),
    asVoice: z.boolean().optional(),
    location: z
      .object({ latitude: z.number(), longitude: z.number(), name: z.string().optional() })
      .optional(),
  }),
  z.object({ do: z.literal('fetch-media'), serialized: id }),
  z.object({ do: z.literal('seen'), chat: id }),
  z.object({ do: z.literal('unread') }),
  z.object({ do: z.literal('logout') }),
]);
export type Call = z.infer<typeof Call>;

export const ToChild = z.discriminatedUnion('tell', [
  z.object({
    tell: z.literal('open'),
    folder: z.string(),
    chromium: z.string(),
    pairWith: z.string().optional(),
    standIn: z.string().optional(),
  }),
  z.object({ tell: z.literal('call'), call: z.int(), what: Call }),
  z.object({ tell: z.literal('close') }),
]);
export type ToChild = z.infer<typeof ToChild>;

export const Sent = z.object({ stanza: id, ack: z.int() });
export const MediaAnswer = z.object({
  base64: z.string(),
  mime: z.string().max(255).optional(),
  name: z.string().optional(),
});
export const Unread = z.array(ToldMessage);
