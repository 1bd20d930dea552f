import { Injectable } from '@nestjs/common';
import type { Principal } from '#libs/access';
import { connectorOf } from '#libs/connectors';
import { MediaFiles } from '#libs/media';
import type { MessageId, MessageRedaction } from '#libs/model';
import { Bell } from '#libs/queue';
import { ChannelCache, MessageRedactions, RetentionRules } from '#libs/store';
import { actorOf } from '../http/actor.js';

/** Takes single messages away: rows, files, and what others hear of it. */
@Injectable()
export class RedactionService {
  constructor(
    private readonly redactions: MessageRedactions,
    private readonly retention: RetentionRules,
    private readonly files: MediaFiles,
    private readonly channels: ChannelCache,
    private readonly bell: Bell,
  ) {}

  /** @throws Fault `state/not-found`; `state/conflict` while it is being sent, or nobody knows whether it was */
  async redact(caller: Principal, messageId: MessageId): Promise<MessageRedaction> {
    const { workspaceId } = caller;
    const redacted = await this.redactions.redact(workspaceId, messageId, actorOf(caller));
    const { message, channelId, isNew } = redacted;
    // Cut off here and asked for again, the rows of the files still lead to their bytes.
    const files = await this.redactions.filesOf(workspaceId, messageId);
    for (const { lonelySha256 } of files) {
      if (lonelySha256 !== null) await this.files.remove(workspaceId, lonelySha256);
    }
    const ids = files.map(({ mediaId }) => mediaId);
    if (ids.length > 0) await this.retention.forgetFiles(workspaceId, ids);
    if (isNew) this.bell.ring('conversation', { ids: [message.conversation_id] });
    const channel = await this.channels.load(channelId);
    // Visitors of our own chat see what we store; nobody else takes back what they were given.
    const isOurs = channel !== null && connectorOf(channel.connector).visitors !== undefined;
    return {
      message_id: message.id,
      conversation_id: message.conversation_id,
      redacted_at: message.redacted!.at,
      redacted_by: message.redacted!.by,
      channel_copy: isOurs ? 'removed' : 'kept',
    };
  }
}
