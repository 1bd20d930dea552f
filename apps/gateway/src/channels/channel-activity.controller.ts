import { Controller, Get, type StreamableFile } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Caller, type Principal, Scopes } from '#libs/access';
import type { GatewayConfig } from '#libs/config';
import { isFault } from '#libs/faults';
import { ChannelActivity, type ChannelConnection, type ChannelGlance, type ChannelId } from '#libs/model';
import { ChannelActivity as Activity, Channels } from '#libs/store';
import { Config } from '../config-token.js';
import { Produces } from '../http/accept.js';
import { Answers, AnswersEvents, Problems } from '../http/answers.js';
import { Audited } from '../http/audited.js';
import { Id } from '../http/id-param.js';
import { InFlight } from '../http/in-flight.js';
import { SseBody } from '../http/sse.js';
import { channelView } from './channel-view.js';
import { TryingService } from './trying-service.js';

/** A channel that somebody watches is looked at so often, in milliseconds. */
const LOOK_EVERY_MS = 1_000;

/** What happens on a channel, for whoever sets it up or looks for a fault. */
@ApiTags('Channels')
@ApiBearerAuth()
@Problems()
@Controller('v1/channels/:id')
export class ChannelActivityController {
  readonly #open = new Set<SseBody>();

  constructor(
    private readonly activity: Activity,
    private readonly channels: Channels,
    private readonly trying: TryingService,
    inFlight: InFlight,
    @Config() private readonly config: GatewayConfig,
  ) {
    // The process stops: whoever watches comes back elsewhere.
    inFlight.stopping.addEventListener('abort', () => {
      for (const body of this.#open) body.finish();
    });
  }

  /** Shows what lately came in and went out, as it was, and how the health went. */
  @Get('activity')
  @Audited('channel_activity.read')
  @Scopes('channels:read', 'trace:read')
  @Answers(200, ChannelActivity, 'The newest of each')
  async recent(
    @Caller() { workspaceId }: Principal,
    @Id('channel') channelId: ChannelId,
  ): Promise<ChannelActivity> {
    await this.channels.get(workspaceId, channelId);
    return this.activity.recent(workspaceId, channelId);
  }

  /** Streams how a channel is: now, and each time that something of it changes. */
  @Get('stream')
  @Scopes('channels:write')
  @Produces('text/event-stream')
  @AnswersEvents('Events `channel`: `data` is a ChannelGlance', false)
  async stream(
    @Caller() { workspaceId }: Principal,
    @Id('channel') channelId: ChannelId,
  ): Promise<StreamableFile> {
    const glance = () => this.#glance(workspaceId, channelId);
    return this.#follow(await glance(), glance).asAnswer();
  }

  #follow(first: ChannelGlance, look: () => Promise<ChannelGlance>): SseBody {
    const body = new SseBody();
    this.#open.add(body);
    let last = '';
    const tell = (glance: ChannelGlance): void => {
      const text = JSON.stringify(glance);
      if (text !== last) body.send({ event: 'channel', data: glance });
      last = text;
    };
    tell(first);
    const later = (): void => void again();
    let timer = setTimeout(later, LOOK_EVERY_MS);
    async function again(): Promise<void> {
      try {
        tell(await look());
        if (!body.destroyed) timer = setTimeout(later, LOOK_EVERY_MS);
      } catch {
        // Whoever watches comes back, and is told why.
        body.finish();
      }
    }
    body.once('close', () => {
      clearTimeout(timer);
      this.#open.delete(body);
    });
    return body;
  }

  async #glance(workspaceId: Principal['workspaceId'], channelId: ChannelId): Promise<ChannelGlance> {
    const channel = await this.channels.get(workspaceId, channelId);
    const { receivedAt, sentAt } = await this.activity.last(workspaceId, channelId);
    return {
      channel: channelView(channel, this.config.http.publicUrl),
      connection: await this.#connection(workspaceId, channelId),
      last_received_at: receivedAt?.toISOString() ?? null,
      last_sent_at: sentAt?.toISOString() ?? null,
    };
  }

  async #connection(
    workspaceId: Principal['workspaceId'],
    channelId: ChannelId,
  ): Promise<ChannelConnection | null> {
    try {
      return await this.trying.connection(workspaceId, channelId);
    } catch (error) {
      if (isFault(error) && error.code === 'state/not-found') return null;
      throw error;
    }
  }
}
