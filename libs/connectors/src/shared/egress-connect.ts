import { isIP, type LookupFunction, type Socket } from 'node:net';
import { callbackify } from 'node:util';
import { buildConnector } from 'undici';
import { fault, toFault, type Fault } from '#libs/faults';
import type { AddressRules, Resolve } from './egress-addresses.js';

export interface ConnectOptions {
  rules: AddressRules;
  allowHttp: boolean;
  connectTimeoutMs: number;
  resolve: Resolve;
}

/**
 * A connector that reaches allowed addresses only: literals are judged before connecting, names by all their
 * answers, and the connected peer once more. Whatever fails here fails as `channel/unreachable`, because no request
 * has been written yet.
 */
export function guardedConnect(options: ConnectOptions): buildConnector.connector {
  const connect = buildConnector({ timeout: options.connectTimeoutMs, lookup: guardedLookup(options) });
  return (target, callback) => {
    const host = target.hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) && !options.rules.isAllowed(host)) return callback(forbidden(host), null);
    connect(target, (error, socket) => {
      if (error) return callback(unreachable(host, error), null);
      const refusal = refusalOf(socket, target.protocol, host, options);
      if (!refusal) return callback(null, socket);
      socket.destroy();
      callback(refusal, null);
    });
  };
}

function refusalOf(socket: Socket, protocol: string, host: string, options: ConnectOptions): Fault | null {
  const peer = socket.remoteAddress ?? '';
  if (!options.rules.isAllowed(peer)) return forbidden(host);
  const isPlainHttpFine = options.allowHttp || options.rules.isListed(peer);
  if (protocol === 'https:' || isPlainHttpFine) return null;
  return fault('channel/unreachable', { detail: `${host} must be called by https.`, facts: { host } });
}

/** Answers as `net.connect` asks: one address or all of them. */
function guardedLookup(options: ConnectOptions): LookupFunction {
  const allowed = async (host: string) => {
    const found = await options.resolve(host);
    if (found.length === 0 || found.some(({ address }) => !options.rules.isAllowed(address)))
      throw forbidden(host);
    return found;
  };
  const withCallback = callbackify(allowed);
  return (host, lookup, callback) =>
    withCallback(host, (error, found) => {
      if (error) callback(error, '');
      else if (lookup.all) callback(null, [...found]);
      else callback(null, found[0]!.address, found[0]!.family);
    });
}

function forbidden(host: string): Fault {
  return fault('channel/unreachable', {
    detail: `${host} leads to an address that this installation does not call.`,
    facts: { host, reason: 'forbidden-address' },
  });
}

function unreachable(host: string, cause: Error & { code?: unknown }): Fault {
  if (toFault(cause).code === 'channel/unreachable') return toFault(cause);
  const reason = typeof cause.code === 'string' ? cause.code : 'connect-failed';
  return fault('channel/unreachable', {
    detail: `${host} cannot be reached (${reason}).`,
    cause,
    facts: { host, reason },
  });
}
