import { z } from 'zod';

/** What `get-url` brings, by the names that the set-up gives. Kannel's escapes: %I, %p, %P, %T, %c, %C. */
export const Incoming = z.looseObject({
  id: z.string().min(1).max(200),
  from: z.string().min(1).max(64),
  to: z.string().max(64).default(''),
  time: z.string().max(32).optional(),
  /** 0: text · 1: bytes · 2: UCS-2. */
  coding: z.string().max(8).default('0'),
  charset: z.string().max(32).default('UTF-8'),
});
export type Incoming = z.infer<typeof Incoming>;

/** What `dlr-url` brings: our key, and Kannel's %d and %A. */
export const Report = z.looseObject({
  key: z.string().min(1).max(128),
  proof: z.string(),
  type: z.string().max(8),
  answer: z.string().default(''),
});
export type Report = z.infer<typeof Report>;

/** Which reports are wanted: delivered 1, failed 2, buffered 4, taken by the SMSC 8, rejected by it 16. */
export const DLR_MASK = 31;
