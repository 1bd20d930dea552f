import { Injectable } from '@nestjs/common';
import { connectorOf, type Decoded } from '#libs/connectors';
import { fault, toFault } from '#libs/faults';
import { InboundDoor } from '#libs/inbound';
import type { InboxEventId, WorkspaceId } from '#libs/model';
import { type Actor, ChannelCache, DeadLetters, type LoadedChannel } from '#libs/store';
import { requestAgain } from './request-again.js';

/** Takes up again what came in and was given up, or could not be read. */
@Injectable()
export class ReplayService {
  constructor(
    private readonly deadLetters: DeadLetters,
    private readonly channels: ChannelCache,
    private readonly door: InboundDoor,
  ) {}

  /**
   * A dead event goes back into its mailbox. One that could not be read is read once more, by the connector of today:
   * what it holds comes in as if it had just been posted, and twice is once.
   *
   * @throws Fault `state/not-found`; `state/conflict` when it is neither, or still cannot be read
   */
  async replay(workspaceId: WorkspaceId, inboxEventId: InboxEventId, actor: Actor): Promise<void> {
    const kept = await this.deadLetters.quarantined(workspaceId, inboxEventId);
    if (!kept) return this.deadLetters.replayInboxEvent(workspaceId, inboxEventId, actor);
    const channel = await this.channels.load(kept.channelId);
    if (!channel) throw fault('state/not-found', { facts: { channelId: kept.channelId } });
    const { events } = await this.#read(channel, kept.raw, kept.receivedAt);
    await this.door.accept(channel, events);
    await this.deadLetters.settleQuarantined(workspaceId, inboxEventId, actor);
  }

  async #read(channel: LoadedChannel, raw: Uint8Array, receivedAt: Date): Promise<Decoded> {
    const port = connectorOf(channel.connector).webhook;
    if (!port) throw fault('state/conflict', { detail: 'The connector takes no requests any more.' });
    const request = requestAgain(raw, receivedAt.getTime());
    try {
      return port.decodeApart
        ? await port.decodeApart(request, channel.settings)
        : port.decode(request, channel.settings);
    } catch (error) {
      const { detail } = toFault(error);
      throw fault('state/conflict', { detail: `It still cannot be read: ${detail}`, cause: error });
    }
  }
}
