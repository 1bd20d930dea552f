import { createHash } from 'node:crypto';
import { fault } from '#libs/faults';
import type { InboundEvent } from '#libs/model';
import { z } from 'zod';
import type { Decoded, DecodedEvent, HookReply, HookRequest } from '../connector.js';
import { parseJson } from '../shared/parse-json.js';
import { decodeCommand } from './decode-command.js';
import { decodeEvent } from './decode-event.js';
import { decodeInteraction } from './decode-interaction.js';
import type { SlackSettings } from './manifest.js';
import { WireCommand, WireEnvelope, WireInteraction } from './wire.js';

const ACKNOWLEDGED: HookReply = { status: 200 };

/** What Slack sends by HTTP and over sockets alike: the kind of envelope, and what was in it. */
export interface Received {
  kind: 'events_api' | 'slash_commands' | 'interactive';
  payload: unknown;
}

/**
 * Reads a post: JSON for events, a form for commands and, in its field `payload`, for interactions.
 *
 * @throws Fault `input/invalid` when it is none of them
 */
export function decode(request: HookRequest, settings: SlackSettings): Decoded {
  const isForm = (request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
  if (!isForm) return decodeJson(request, settings);
  const form = formOf(request.body);
  if (form['ssl_check'] === '1') return { events: [], reply: ACKNOWLEDGED };
  const { payload } = form;
  return payload === undefined
    ? decodeReceived({ kind: 'slash_commands', payload: form }, settings, request.body)
    : decodeReceived(
        { kind: 'interactive', payload: parseJson(Buffer.from(payload)) },
        settings,
        request.body,
      );
}

function decodeJson(request: HookRequest, settings: SlackSettings): Decoded {
  const body = parseJson(request.body);
  const challenge = z.object({ type: z.literal('url_verification'), challenge: z.string() }).safeParse(body);
  if (challenge.success) {
    const headers = { 'content-type': 'text/plain' };
    return { events: [], reply: { status: 200, headers, body: challenge.data.challenge } };
  }
  return decodeReceived({ kind: 'events_api', payload: body }, settings, request.body);
}

/**
 * Turns what Slack told into events.
 *
 * @param raw  what is stored beside each event
 * @throws Fault `input/invalid` when the payload is not of its kind
 */
export function decodeReceived(
  { kind, payload }: Received,
  settings: SlackSettings,
  raw: Uint8Array,
): Decoded {
  const all = (made: readonly (InboundEvent | string)[]): DecodedEvent[] =>
    made.map((one, index) => (typeof one === 'string' ? ignored(one, raw, index) : { event: one, raw }));
  switch (kind) {
    case 'events_api': {
      const envelope = WireEnvelope.safeParse(payload);
      const made = envelope.success ? decodeEvent(envelope.data, settings) : unknownKind(payload);
      return { events: all([made]), reply: ACKNOWLEDGED };
    }
    case 'slash_commands': {
      const command = WireCommand.safeParse(payload);
      if (!command.success) throw invalid('a slash command');
      // In a channel everybody sees what was asked, because everybody sees the answer.
      const reply = { response_type: 'in_channel' };
      const headers = { 'content-type': 'application/json' };
      return {
        events: all([decodeCommand(command.data)]),
        reply: { status: 200, headers, body: JSON.stringify(reply) },
      };
    }
    case 'interactive': {
      const interaction = WireInteraction.safeParse(payload);
      if (!interaction.success) throw invalid('an interaction');
      return { events: all(decodeInteraction(interaction.data)), reply: ACKNOWLEDGED };
    }
  }
}

/** @throws Fault `input/invalid` for what no version of Slack would send */
function unknownKind(payload: unknown): string {
  const named = z.looseObject({ type: z.string().min(1) }).safeParse(payload);
  if (!named.success) throw invalid('an event');
  return named.data.type === 'event_callback' ? 'an event that lacks what every event has' : named.data.type;
}

const invalid = (what: string) => fault('input/invalid', { detail: `The body is not ${what} of Slack.` });

/** Genuine, and nothing for us. */
export function ignored(reason: string, raw: Uint8Array, index: number): DecodedEvent {
  const digest = createHash('sha256').update(raw).digest('hex');
  return { event: { kind: 'ignored', event_key: `x:${digest}:${index}`, reason: reason.slice(0, 500) }, raw };
}

/** NUL cannot be stored, and no form of Slack holds it. */
function formOf(body: Uint8Array): Record<string, string> {
  const fields = [...new URLSearchParams(textOf(body))];
  return Object.fromEntries(fields.map(([name, value]) => [name, value.replaceAll('\0', '')]));
}

function textOf(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch (cause) {
    throw fault('input/invalid', { detail: 'The body is not UTF-8.', cause });
  }
}
