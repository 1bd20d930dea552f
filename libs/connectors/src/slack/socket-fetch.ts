import { fault, toFault, type Fault } from '#libs/faults';
import { z } from 'zod';
import type { EgressResponse, Io } from '../connector.js';
import { faultOfAnswer } from './call.js';
import type { SlackSettings } from './manifest.js';
import { WireAnswerOfMethod } from './wire.js';

const Opened = z.looseObject({ ok: z.literal(true), url: z.string() });

/**
 * How Slack's client calls `apps.connections.open`: through `io.fetch`, and only sockets at Slack, or at the host that the
 * settings name, are let through.
 *
 * @param fail  told what went wrong, because the client keeps less of it
 */
export function socketFetch(io: Io<SlackSettings>, fail: (failure: Fault) => void): typeof globalThis.fetch {
  return async (input, init) => {
    try {
      const response = await io.fetch(addressOf(input), {
        method: 'POST',
        headers: Object.fromEntries(new Headers(init?.headers)),
        body: typeof init?.body === 'string' ? init.body : '',
        signal: io.signal,
      });
      refuse(response, io);
      return new Response(Buffer.from(response.body), { status: response.status, headers: response.headers });
    } catch (thrown) {
      fail(toFault(thrown));
      throw thrown;
    }
  };
}

const addressOf = (input: string | URL | Request): string =>
  typeof input === 'string' ? input : input instanceof URL ? input.href : input.url;

/** @throws Fault what a no means, and `channel/rejected` for a socket elsewhere */
function refuse(response: EgressResponse, io: Io<SlackSettings>): void {
  const json = jsonOf(response);
  const opened = Opened.safeParse(json);
  if (response.status !== 200 || !opened.success)
    throw faultOfAnswer(response, WireAnswerOfMethod.safeParse(json).data ?? null, io.now());
  if (!mayConnect(opened.data.url, io.settings.api_url))
    throw fault('channel/unreachable', { detail: "The socket is at an address that is not Slack's." });
}

function mayConnect(url: string, apiUrl: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  if (hostname === new URL(apiUrl).hostname) return protocol === 'wss:' || protocol === 'ws:';
  return protocol === 'wss:' && /(^|\.)slack\.com$/.test(hostname);
}

function jsonOf(response: EgressResponse): unknown {
  try {
    return JSON.parse(response.text());
  } catch {
    return undefined;
  }
}
