import { z } from 'zod';
import { Contents } from './content.js';

/** An id that may be part of an option's id. */
export const partId = z
  .string()
  .regex(/^[A-Za-z0-9_-]+$/)
  .max(64);

/** What a rule, an option of a menu or an intent leads to. */
export const actions = {
  open_menu: z.string().max(64).optional().describe('The id of a menu that is shown'),
  start_flow: z.string().max(32).optional().describe('The id of a flow that begins'),
  department: z.string().min(1).max(64).optional().describe('Whose operators a hand-over asks for'),
};

/** A list of things to choose from; each leads somewhere. */
export const Menu = z
  .strictObject({
    id: partId,
    text: z.string().min(1).max(4_000),
    style: z.enum(['quick_replies', 'buttons']).default('quick_replies'),
    options: z
      .array(
        z.strictObject({
          id: partId.max(48),
          label: z.string().trim().min(1).max(200),
          reply: Contents.optional(),
          ...actions,
          hand_over: z.boolean().default(false),
        }),
      )
      .min(1)
      .max(50),
  })
  .meta({ id: 'Menu' });
export type Menu = z.infer<typeof Menu>;

/** Something people want, known by how they say it. */
export const Intent = z
  .strictObject({
    id: partId,
    title: z.string().min(1).max(200).describe('What it is called when the bot asks “did you mean”'),
    phrasings: z.array(z.string().min(1).max(500)).min(1).max(500),
    reply: Contents.optional(),
    ...actions,
    hand_over: z.boolean().default(false),
  })
  .meta({ id: 'Intent' });
export type Intent = z.infer<typeof Intent>;

/** How the bot understands without a model. */
export const Understanding = z
  .strictObject({
    intents: z.array(Intent).max(500).default([]),
    synonyms: z
      .array(z.array(z.string().min(1).max(100)).min(2).max(50))
      .max(500)
      .default([])
      .describe('Each a group of words or phrases, slang too, that mean the same'),
    answers_from: z.number().min(0).max(1).default(0.6).describe('From this score an intent is answered'),
    suggests_from: z
      .number()
      .min(0)
      .max(1)
      .default(0.3)
      .describe('From this score the bot asks “did you mean”'),
    suggestion: z.string().min(1).max(1_000).default('Did you mean one of these?'),
    none_of_these: z.string().min(1).max(200).default('None of these'),
  })
  .meta({ id: 'Understanding' });
export type Understanding = z.infer<typeof Understanding>;

/** How a model's words may sound. What is left out is not looked at. */
export const Manner = z
  .strictObject({
    address: z
      .enum(['formal', 'informal'])
      .optional()
      .describe('How people are addressed in German (Sie, du), French (vous, tu) and Spanish (usted, tú)'),
    emoji: z.enum(['none', 'few', 'any']).default('any').describe('Few: at most two in an answer'),
    no_shouting: z
      .boolean()
      .default(false)
      .describe('Refuses words in a row in capitals, and more than one exclamation mark together'),
    no_profanity: z
      .boolean()
      .default(false)
      .describe('Refuses swear words in English, German, French, Spanish and Arabic'),
  })
  .meta({ id: 'Manner' });
export type Manner = z.infer<typeof Manner>;

/** What is watched before and after the bot answers. */
export const Guardrails = z
  .strictObject({
    escalate: z
      .strictObject({
        words: z.array(z.string().min(1).max(100)).max(200).default([]),
        asked_for_person: z
          .boolean()
          .default(true)
          .describe('Asking for a human, in any language that is shipped'),
        upset: z.boolean().default(false).describe('A strongly negative message'),
        reply: Contents.optional(),
        department: z.string().min(1).max(64).optional(),
      })
      .optional(),
    blocked: z
      .array(
        z.strictObject({
          id: partId,
          words: z.array(z.string().min(1).max(100)).min(1).max(200),
          reply: Contents.describe('What is said in place of an answer'),
        }),
      )
      .max(100)
      .default([])
      .describe('Topics that the bot does not talk about'),
    output: z
      .strictObject({
        forbidden: z
          .array(z.string().min(1).max(200))
          .max(200)
          .default([])
          .describe('Phrases that no reply may hold'),
        characters_max: z.int().min(50).max(65_536).optional().describe('Of all texts of a reply together'),
        hosts: z
          .array(z.string().min(1).max(253))
          .max(200)
          .optional()
          .describe('Where links may lead: these and below them'),
        same_language: z.boolean().default(false).describe('Refuses a reply in another language'),
      })
      .optional(),
    manner: Manner.optional().describe('How the words of a model must sound'),
    region: z
      .string()
      .regex(/^[A-Z]{2}$/)
      .optional()
      .describe('ISO 3166-1: whose telephone numbers are recognised without a country code'),
  })
  .meta({ id: 'Guardrails' });
export type Guardrails = z.infer<typeof Guardrails>;
