import { z } from 'zod';
import { listOf } from './api.js';
import { ConversationEvent, EventType } from './events.js';

/** One event, with its place among all events of the workspace. */
export const WorkspaceEvent = ConversationEvent.extend({
  position: z
    .int()
    .positive()
    .describe('Rises along the workspace, with gaps; where a stream goes on. `seq` orders one conversation'),
}).meta({ id: 'WorkspaceEvent' });
export type WorkspaceEvent = z.infer<typeof WorkspaceEvent>;
export const WorkspaceEventList = listOf(WorkspaceEvent, 'WorkspaceEventList');
export type WorkspaceEventList = z.infer<typeof WorkspaceEventList>;

const types = z
  .string()
  .max(1_000)
  .optional()
  .transform((text) => text?.split(',').map((type) => type.trim()) ?? null)
  .pipe(z.array(EventType).min(1).max(50).nullable())
  .describe('Only these, separated by commas; default: all');

export const EventPage = z.strictObject({
  types,
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z
    .string()
    .regex(/^\d{1,15}$/, { error: 'must be the next_cursor of the page before' })
    .optional()
    .describe('`next_cursor` of the page before, or a position to go on from; 0 or nothing: the beginning'),
});
export type EventPage = z.infer<typeof EventPage>;

export const EventStreamQuery = z.strictObject({
  types,
  after: z.string().max(20).optional().describe('Go on after this position; 0 tells everything'),
});
export type EventStreamQuery = z.infer<typeof EventStreamQuery>;
