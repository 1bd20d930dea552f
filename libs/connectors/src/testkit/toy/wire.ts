import { z } from 'zod';

/** What the provider posts to us. */
export const Update = z.discriminatedUnion('event', [
  z.object({
    event: z.literal('said'),
    no: z.string().min(1),
    user: z.string().min(1),
    words: z.string().min(1),
  }),
  z.object({
    event: z.literal('arrived'),
    no: z.string().min(1),
    user: z.string().min(1),
    ref: z.string().min(1),
  }),
]);

export type Update = z.infer<typeof Update>;

/** What a part carries, and what we post to the provider with the user's name. */
export const Words = z.object({ words: z.string().min(1) });

/** What the provider answers. */
export const Said = z.object({ ref: z.string().min(1).max(512) });
