import { z } from 'zod';
import { contentLimits, FormFields } from './content.js';

/** What is asked of a visitor before a conversation begins. The field `name` is the contact's name. */
export const PreChat = z
  .strictObject({
    text: z.string().max(contentLimits.textMax).default('').describe('Said above the fields'),
    fields: FormFields.max(8),
  })
  .meta({ id: 'PreChat' });
export type PreChat = z.infer<typeof PreChat>;
