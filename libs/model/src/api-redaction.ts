import { z } from 'zod';
import { ConversationId, MessageId } from './ids.js';

/** What became of a message that was redacted. */
export const MessageRedaction = z
  .object({
    message_id: MessageId,
    conversation_id: ConversationId,
    redacted_at: z.iso.datetime(),
    redacted_by: z.string().describe('As the audit log names them'),
    channel_copy: z
      .enum(['removed', 'kept'])
      .describe(
        'removed: our own chat shows it no more · kept: what the provider and the person’s device have stays there, because the channel has no way to take it back',
      ),
  })
  .meta({ id: 'MessageRedaction' });
export type MessageRedaction = z.infer<typeof MessageRedaction>;
