import { Agent } from 'undici';
import type { EgressFetch } from '../connector.js';
import { addressRules, allowedAddress, systemResolve, type Resolve } from './egress-addresses.js';
import { exchange, type ExchangeLimits } from './egress-exchange.js';
import { guardedConnect } from './egress-connect.js';
import { checkedUrl, webFetchOver, type WebFetch } from './egress-stream.js';

/** How far our own calls may go. */
export interface EgressOptions {
  /** Networks that may be called although they are not public, such as `10.0.0.0/8`. Default: none. */
  allowCidrs?: readonly string[] | undefined;
  /** Plain http to public addresses too; without it http goes to allow-listed addresses only. */
  allowHttp?: boolean | undefined;
  /** Over the whole exchange, in milliseconds; a request may ask for another. Default 10 s. */
  timeoutMs?: number | undefined;
  /** For name, connection and TLS, in milliseconds. Default 3 s. */
  connectTimeoutMs?: number | undefined;
  /** Bytes of an answer; a request may ask for another. Default 1 MiB. */
  maxBytes?: number | undefined;
  /** Connections held to one origin. Default 64. */
  connectionsPerOrigin?: number | undefined;
  /** Resolves names; default: the host's resolver. Tests bring their own. */
  resolve?: Resolve | undefined;
  /** Of an exchange through `webFetch`, in milliseconds. Default 5 min. */
  streamMs?: number | undefined;
  /** Bytes of an answer through `webFetch`. Default 16 MiB. */
  streamMaxBytes?: number | undefined;
}

export interface Egress {
  fetch: EgressFetch;
  /** The same reach, for libraries that take a `fetch` of the web and read answers while they come. */
  webFetch: WebFetch;
  /** Ends the idle connections and waits for the busy ones. */
  close(): Promise<void>;
}

/**
 * The one client for calls to addresses that other people choose: connections are kept alive, names and addresses
 * are checked before and after connecting, redirects are not followed, proxy variables are not read, TLS is always
 * verified.
 *
 * Every failure is `channel/unreachable` (the request had not begun to leave) or `channel/outcome-unknown` (it may
 * have arrived). Nothing of the request or the answer is in a fault.
 *
 * @see facts: undici's `lookup` is never called for IP literals, so the connector itself checks them (measured 2026-11-21)
 */
export function createEgress(options: EgressOptions = {}): Egress {
  const limits: ExchangeLimits = {
    timeoutMs: options.timeoutMs ?? 10_000,
    maxBytes: options.maxBytes ?? 1_048_576,
  };
  const rules = addressRules(options.allowCidrs ?? []);
  const resolve = options.resolve ?? systemResolve;
  const agent = new Agent({
    connections: options.connectionsPerOrigin ?? 64,
    pipelining: 1,
    headersTimeout: 0, // the exchange has one clock of its own
    bodyTimeout: 0,
    connect: guardedConnect({
      rules,
      allowHttp: options.allowHttp ?? false,
      connectTimeoutMs: options.connectTimeoutMs ?? 3_000,
      resolve,
    }),
  });
  const fetch: EgressFetch = async (address, request = {}) =>
    exchange(agent, checkedUrl(address), request, limits);
  return {
    fetch: Object.assign(fetch, { addressOf: (host: string) => allowedAddress(host, rules, resolve) }),
    webFetch: webFetchOver(agent, {
      streamMs: options.streamMs ?? 300_000,
      maxBytes: options.streamMaxBytes ?? 16_777_216,
    }),
    close: () => agent.close(),
  };
}
