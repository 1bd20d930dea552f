import { z } from 'zod';

/** How far a message has come. Only ever moves forward; `failed`, `dead`, `expired` and `unknown` end it. */
export const MessageStatus = z.enum([
  'received',
  'queued',
  'sending',
  'sent',
  'delivered',
  'read',
  'failed',
  'unknown',
  'expired',
]);
export type MessageStatus = z.infer<typeof MessageStatus>;

/** The events of a conversation's log: the source of streams, webhooks and analytics. */
export const EventType = z.enum([
  'conversation.created',
  'conversation.updated',
  'message.created',
  'message.updated',
  'message.deleted',
  'message.status',
  'message.reaction',
  'message.feedback',
  'turn.completed',
  'turn.failed',
  'handoff.requested',
  'handoff.offered',
  'handoff.declined',
  'handoff.unanswered',
  'control.changed',
  'approval.requested',
  'approval.decided',
  'goal.reached',
  'csat.received',
  'csat.commented',
  'session.ended',
]);
export type EventType = z.infer<typeof EventType>;

/** Events that are heard live or not at all; they have no sequence number and are not stored. */
export const LiveEventType = z.enum([
  'turn.started',
  'message.delta',
  'typing.started',
  'typing.stopped',
  'stream.reset',
]);
export type LiveEventType = z.infer<typeof LiveEventType>;

/** One line of the event log, as streams carry it. */
export const ConversationEvent = z
  .strictObject({
    type: EventType,
    seq: z.int().positive().describe('Strictly increasing and gap-free within the conversation'),
    conversation_id: z.string(),
    occurred_at: z.iso.datetime(),
    data: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'ConversationEvent' });
export type ConversationEvent = z.infer<typeof ConversationEvent>;
