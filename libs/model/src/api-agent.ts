import { z } from 'zod';
import { listOf } from './api.js';
import { SecretName } from './bot-agent.js';
import { ApprovalId, ConversationId, FactId } from './ids.js';

const instant = z.iso.datetime().describe('RFC 3339, UTC');

export const SetSecret = z
  .strictObject({
    name: SecretName,
    value: z.string().min(1).max(10_000).describe('It is sealed, and never shown again'),
  })
  .meta({ id: 'SetSecret' });
export type SetSecret = z.infer<typeof SetSecret>;

export const Secret = z
  .object({ name: SecretName, created_at: instant, updated_at: instant })
  .meta({ id: 'Secret' });
export type Secret = z.infer<typeof Secret>;

export const SecretList = listOf(Secret, 'SecretList');

export const Fact = z
  .object({
    id: FactId,
    text: z.string(),
    source: z.string().describe('Who noted it'),
    noted_at: instant,
    expires_at: instant.describe('From then on nobody knows it any more'),
  })
  .meta({ id: 'Fact' });
export type Fact = z.infer<typeof Fact>;

export const FactList = z.object({ data: z.array(Fact) }).meta({ id: 'FactList' });
export type FactList = z.infer<typeof FactList>;

export const ToolApproval = z
  .object({
    id: ApprovalId,
    conversation_id: ConversationId,
    tool: z.string(),
    input: z.record(z.string(), z.unknown()).describe('What the tool would be called with'),
    status: z.enum(['waiting', 'approved', 'refused', 'expired']),
    decided_by: z.string().nullable(),
    decided_at: instant.nullable(),
    expires_at: instant,
    created_at: instant,
  })
  .meta({ id: 'ToolApproval' });
export type ToolApproval = z.infer<typeof ToolApproval>;

export const ToolApprovalList = listOf(ToolApproval, 'ToolApprovalList');

export const DecideApproval = z
  .strictObject({ decision: z.enum(['approve', 'refuse']) })
  .meta({ id: 'DecideApproval' });
export type DecideApproval = z.infer<typeof DecideApproval>;
