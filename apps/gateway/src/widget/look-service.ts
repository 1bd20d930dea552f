import { Injectable } from '@nestjs/common';
import { isOpen, opensAt } from '#libs/bot';
import { connectorOf } from '#libs/connectors';
import type { BusinessHours, WidgetLook } from '#libs/model';
import { Bots, type LoadedChannel } from '#libs/store';
import { TranscriptService } from './transcript-service.js';

/** Tells visitors how a chat looks and who answers in it. */
@Injectable()
export class LookService {
  constructor(
    private readonly bots: Bots,
    private readonly transcripts: TranscriptService,
  ) {}

  /** The look of a channel that has visitors. */
  async of(channel: LoadedChannel): Promise<WidgetLook> {
    const look = connectorOf(channel.connector).visitors?.look(channel.settings);
    const bot = channel.botId && (await this.bots.definitionOf(channel.workspaceId, channel.botId));
    const hours = bot ? bot.definition.hours : undefined;
    const persona = bot ? bot.definition.persona : null;
    const offersTranscript =
      look?.transcript === true && (await this.transcripts.channelOf(channel.workspaceId)) !== null;
    return {
      title: look?.title ?? '',
      greeting: look?.greeting ?? '',
      accent_color: look?.accentColor ?? '',
      pre_chat: look?.preChat ?? null,
      transcript: offersTranscript,
      hours: hours ? hoursNow(hours, Date.now()) : null,
      assistant: persona && { name: persona.name, disclosure: persona.disclosure ?? null },
    };
  }
}

function hoursNow(hours: BusinessHours, nowMs: number): NonNullable<WidgetLook['hours']> {
  const opens = opensAt(hours, nowMs);
  return { is_open: isOpen(hours, nowMs), opens_at: opens === null ? null : new Date(opens).toISOString() };
}
