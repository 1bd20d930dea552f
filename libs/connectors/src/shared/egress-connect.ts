import { isIP, type LookupFunction } from 'node:net';
import { callbackify } from 'node:util';
import { buildConnector } from 'undici';
import { fault, toFault, type Fault } from '#libs/faults';
import type { AddressRules, Resolve } from './egress-addresses.js';

export interface ConnectOptions {
  rules: AddressRules;
  /** Plain http to every allowed address; else to listed ones only. */
  allowHttp: boolean;
  connectTimeoutMs: number;
  resolve: Resolve;
}

/** Why an address of a host must not be called; null when it may be. */
type Judge = (host: string, address: string) => Fault | null;

/**
 * A connector that reaches allowed addresses only: literals are judged before connecting, names by all their
 * answers, and the connected peer once more. Whatever fails here fails as `channel/unreachable`, because no request
 * has been written yet.
 */
export function guardedConnect(options: ConnectOptions): buildConnector.connector {
  const { rules, allowHttp } = options;
  const byHttps = connectWith(options, (host, address) =>
    rules.isAllowed(address) ? null : forbidden(host),
  );
  const byHttp = connectWith(options, (host, address) => {
    if (!rules.isAllowed(address)) return forbidden(host);
    return allowHttp || rules.isListed(address) ? null : notByHttp(host);
  });
  return (target, callback) => (target.protocol === 'https:' ? byHttps : byHttp)(target, callback);
}

function connectWith({ connectTimeoutMs, resolve }: ConnectOptions, judge: Judge): buildConnector.connector {
  const connect = buildConnector({ timeout: connectTimeoutMs, lookup: guardedLookup(resolve, judge) });
  return (target, callback) => {
    const host = target.hostname.replace(/^\[|\]$/g, '');
    // The lookup is never asked about literals.
    const refusal = isIP(host) ? judge(host, host) : null;
    if (refusal) return callback(refusal, null);
    connect(target, (error, socket) => {
      if (error) return callback(unreachable(host, error), null);
      const peerRefusal = judge(host, socket.remoteAddress ?? '');
      if (!peerRefusal) return callback(null, socket);
      socket.destroy();
      callback(peerRefusal, null);
    });
  };
}

/** Answers as `net.connect` asks: one address or all of them. */
function guardedLookup(resolve: Resolve, judge: Judge): LookupFunction {
  const judged = callbackify(async (host: string) => {
    const found = await resolve(host);
    const refusal = found.map(({ address }) => judge(host, address)).find((each) => each !== null);
    if (refusal) throw refusal;
    const [first] = found;
    if (!first) throw fault('channel/unreachable', { detail: `${host} has no address.`, facts: { host } });
    return { first, found };
  });
  return (host, { all }, callback) =>
    judged(host, (error, answer) => {
      if (error) callback(error, '');
      else if (all) callback(null, [...answer.found]);
      else callback(null, answer.first.address, answer.first.family);
    });
}

function forbidden(host: string): Fault {
  return fault('channel/unreachable', {
    detail: `${host} leads to an address that this installation does not call.`,
    facts: { host, reason: 'forbidden-address' },
  });
}

function notByHttp(host: string): Fault {
  const detail = `${host} must be called by https.`;
  return fault('channel/unreachable', { detail, facts: { host, reason: 'plain-http' } });
}

function unreachable(host: string, cause: Error & { code?: unknown }): Fault {
  if (toFault(cause).code === 'channel/unreachable') return toFault(cause);
  const reason = typeof cause.code === 'string' ? cause.code : 'connect-failed';
  const detail = `${host} cannot be reached (${reason}).`;
  return fault('channel/unreachable', { detail, cause, facts: { host, reason } });
}
