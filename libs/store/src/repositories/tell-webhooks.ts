import { type JsonObject, uuidOf, type WebhookEventType, type WorkspaceId } from '#libs/model';
import type { WorkspaceTransaction } from '../database.js';

/**
 * Tells webhooks of something that is no conversation's, in the transaction that does it.
 *
 * @param data  as receivers get it
 */
export async function tellWebhooks(
  tx: WorkspaceTransaction,
  workspaceId: WorkspaceId,
  type: WebhookEventType,
  data: JsonObject,
): Promise<void> {
  const json = JSON.stringify(data);
  await tx.$executeRaw`select webhook_tell(${uuidOf(workspaceId)}::uuid, ${type}, null, ${json}::jsonb, null)`;
}
