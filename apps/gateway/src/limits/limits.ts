import { Injectable } from '@nestjs/common';
import type { Principal } from '#libs/access';
import type { GatewayConfig } from '#libs/config';
import { fault } from '#libs/faults';
import type { ChannelId, SessionId } from '#libs/model';
import { type Allowance, Allowances, type AllowanceState } from '#libs/store';
import type { FastifyReply } from 'fastify';
import { Config } from '../config-token.js';
import { actorOf } from '../http/actor.js';
import { GatheredTakes } from './gathered-takes.js';

type Kind = keyof GatewayConfig['limits'] | 'transcript';

/** What is counted of a request, and for whom. */
interface Counted extends Allowance {
  kind: Kind;
}

/** Mails to whatever address a visitor names: three at once, then one in ten minutes. */
const TRANSCRIPTS = { burst: 3, refillMs: 600_000 };
/** The same for all visitors of a channel together. */
const TRANSCRIPTS_OF_CHANNEL = { burst: 60, refillMs: 10_000 };

/** What busy programs use; of the others there is too little to take any ahead. */
const TAKEN_AHEAD: ReadonlySet<Kind> = new Set(['key', 'workspace', 'channel']);
const NOTHING_AHEAD = { extra: 0, holdMs: 0 };

/** Exhausted allowances that a process remembers, so that a flood costs the database nothing. */
const REMEMBERED_MAX = 10_000;

/**
 * Counts requests for all gateways together, and tells callers how much is left.
 *
 * @see draft-ietf-httpapi-ratelimit-headers-11: a quota `q` per window of `w` seconds, `r` left, whole in `t` seconds
 *   (read 2026-11-21)
 */
@Injectable()
export class Limits {
  readonly #exhausted = new Map<string, { until: number; state: AllowanceState }>();

  readonly #takes: GatheredTakes<Counted>;

  constructor(
    allowances: Allowances,
    @Config() private readonly config: GatewayConfig,
  ) {
    this.#takes = new GatheredTakes((asked, cost, ahead) => {
      const mayLease = asked.every(({ kind }) => TAKEN_AHEAD.has(kind));
      return allowances.lease(asked, cost, mayLease ? ahead : NOTHING_AHEAD);
    });
  }

  /** A request with a key, a token or a console session. @throws Fault `state/rate-limited` */
  forCaller(caller: Principal, reply: FastifyReply): Promise<void> | void {
    const { workspaceId } = caller;
    return this.#count(reply, [
      this.#counted('key', `${workspaceId}:${actorOf(caller)}`),
      this.#counted('workspace', workspaceId),
    ]);
  }

  /** A request of a visitor. @param speaks  it says something @throws Fault `state/rate-limited` */
  forVisitor(
    at: { sessionId: SessionId; channelId: ChannelId },
    speaks: boolean,
    reply: FastifyReply,
  ): Promise<void> | void {
    return this.#count(reply, [
      this.#counted('channel', at.channelId),
      speaks ? this.#counted('session', at.sessionId) : null,
    ]);
  }

  /** Something that is said in a session, with a key. @throws Fault `state/rate-limited` */
  forSession(sessionId: SessionId, reply: FastifyReply): Promise<void> | void {
    return this.#count(reply, [this.#counted('session', sessionId)]);
  }

  /** A session that a browser begins. @throws Fault `state/rate-limited` */
  forDoor(channelId: ChannelId, ip: string, reply: FastifyReply): Promise<void> | void {
    return this.#count(reply, [
      this.#counted('channel', channelId),
      this.#counted('door', `${channelId}:${ip}`),
    ]);
  }

  /** A mail with what was said, to an address that nobody has proven. @throws Fault `state/rate-limited` */
  forTranscript(
    { sessionId, channelId }: { sessionId: SessionId; channelId: ChannelId },
    reply: FastifyReply,
  ): Promise<void> | void {
    return this.#count(reply, [
      { ...TRANSCRIPTS, kind: 'transcript', key: `transcript:${sessionId}` },
      { ...TRANSCRIPTS_OF_CHANNEL, kind: 'transcript', key: `transcript:${channelId}` },
    ]);
  }

  #counted(kind: keyof GatewayConfig['limits'], whose: string): Counted | null {
    const rate = this.config.limits[kind];
    return rate && { ...rate, kind, key: `${kind}:${whose}` };
  }

  /** Most requests need neither the database nor a promise. */
  #count(reply: FastifyReply, asked: readonly (Counted | null)[]): Promise<void> | void {
    const counted = asked.filter((one) => one !== null);
    if (counted.length === 0) return;
    const held = this.#takes.held(counted);
    if (held) return tell(reply, counted, held);
    return this.#take(reply, counted);
  }

  async #take(reply: FastifyReply, counted: readonly Counted[]): Promise<void> {
    const states = this.#remembered(counted) ?? (await this.#takes.one(counted));
    tell(reply, counted, states);
    const waits = states.filter(({ isAllowed }) => !isAllowed);
    for (const state of waits) this.#remember(state);
    if (waits.length === 0) return;
    throw fault('state/rate-limited', {
      detail: `Too many requests: the limit of the ${kindsOf(counted, waits)} is reached.`,
      retryAfterMs: Math.max(...waits.map(({ retryAfterMs }) => retryAfterMs)),
    });
  }

  /** What is known of an allowance that has nothing left yet; null when the database has to be asked. */
  #remembered(counted: readonly Counted[]): AllowanceState[] | null {
    const now = performance.now();
    const known = counted
      .flatMap(({ key }) => this.#exhausted.get(key) ?? [])
      .filter(({ until }) => until > now);
    if (known.length === 0) return null;
    return known.map(({ until, state }) => {
      const passed = state.retryAfterMs - (until - now);
      return { ...state, retryAfterMs: until - now, resetMs: Math.max(0, state.resetMs - passed) };
    });
  }

  #remember(state: AllowanceState): void {
    this.#exhausted.delete(state.key);
    if (this.#exhausted.size >= REMEMBERED_MAX) this.#exhausted.clear();
    this.#exhausted.set(state.key, { until: performance.now() + state.retryAfterMs, state });
  }
}

/** Adds to what earlier counts of this request have said. */
function tell(reply: FastifyReply, counted: readonly Counted[], states: readonly AllowanceState[]): void {
  const byKey = new Map(states.map((state) => [state.key, state]));
  const shown = counted.flatMap((one) => {
    const state = byKey.get(one.key);
    return state ? [{ ...one, state }] : [];
  });
  add(
    reply,
    'ratelimit-policy',
    shown.map(
      ({ kind, burst, refillMs }) =>
        `"${kind}";q=${burst};w=${Math.max(1, Math.round((burst * refillMs) / 1_000))}`,
    ),
  );
  add(
    reply,
    'ratelimit',
    shown.map(({ kind, state }) => `"${kind}";r=${state.remaining};t=${Math.ceil(state.resetMs / 1_000)}`),
  );
}

function add(reply: FastifyReply, name: string, items: readonly string[]): void {
  const before = reply.getHeader(name);
  void reply.header(name, [...(before === undefined ? [] : [String(before)]), ...items].join(', '));
}

function kindsOf(counted: readonly Counted[], states: readonly AllowanceState[]): string {
  const keys = new Set(states.map(({ key }) => key));
  return counted
    .filter(({ key }) => keys.has(key))
    .map(({ kind }) => kind)
    .join(' and the ');
}
