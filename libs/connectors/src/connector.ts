import type { Address, Content, InboundEvent, JsonObject, PreChat, ReceiptStatus } from '#libs/model';
import type { z } from 'zod';
import type { ConnectionPort, FetchedMedia } from './connection.js';

/**
 * The contract between Parley and a kind of channel. A connector is one folder that exports `connector` from its
 * `connector.ts`. A port that is absent is a capability that the channel does not have. Pure halves (`plan`,
 * `authenticate`, `decode`) touch no network, clock or database; the impure half is one call with a fixed list of
 * ways to fail.
 */
export interface Connector<Settings = unknown> {
  manifest: Manifest<Settings>;
  outbound: Outbound<Settings>;
  webhook?: WebhookPort<Settings>;
  /** Browser visitors with short tokens; a channel with this port can have sessions. */
  visitors?: VisitorPort<Settings>;
  /** Present when the channel can be a connection that is held open. */
  connection?: ConnectionPort<Settings>;
  /** Present when what people send can hold files that only the channel's credentials open. */
  media?: MediaPort<Settings>;
  /**
   * Asks the provider for what it kept since then: what we missed while we were away. Events that were stored before are
   * recognised by their keys, so overlap does no harm; order is the provider's.
   *
   * @param since  milliseconds since 1970
   * @throws the same faults as `deliver`
   */
  gapFill?(since: number, io: Io<Settings>): AsyncIterable<DecodedEvent>;
  /** Shows the person that an answer is being written, where the channel can show it. Best effort. */
  typing?(to: Destination, io: Io<Settings>): Promise<void>;
  /** A request as the provider would make it, signed, for trying out a channel without the provider. Pure. */
  simulate?(said: SimulatedMessage, settings: Settings, now: number): HookRequest;
  /** What can be registered at the provider by itself, such as the address of our webhook. Says what it did. */
  install?(publicHookUrl: string, io: Io<Settings>): Promise<string>;
  /** Present when a person can grant access at the provider, instead of pasting a token. */
  oauth?: OauthPort<Settings>;
  /** Credentials and set-up, in words that an ops person can act on. Sends nothing to anyone. */
  check?(io: Io<Settings>): Promise<Check>;
}

/** What a connector says of itself: data from which the form, the docs page and the checks are made. */
export interface Manifest<Settings> {
  /** The folder's name. */
  id: string;
  label: string;
  description: string;
  /** Settings of one channel, secret fields included. Strict; every field described. */
  settings: z.ZodType<Settings>;
  /** Names of top-level fields in `settings` that are sealed at rest and never shown. */
  secrets: readonly (keyof Settings & string)[];
  /**
   * Secrets that only we ever need: a fresh value for each field that whoever creates the channel leaves out. The
   * schema itself stays pure and asks for them; `withGenerated` fills them in, once, when a channel is created.
   */
  generated?: { readonly [Field in keyof Settings & string]?: () => string };
  limits: readonly Limit[];
  /** How the channel can be made to work, in order, for an ops person. */
  steps: readonly { title: string; text: string }[];
  /** What can be concluded when a send gets no clear answer. */
  deliveryClass(settings: Settings): DeliveryClass;
  pacing(settings: Settings): Pacing;
  /**
   * Connectors that say the same word here understand each other's parts: a channel may name others of them that take over
   * when its provider cannot be reached.
   */
  partsAs?: string;
}

/** One number that the provider enforces. */
export interface Limit {
  name: string;
  value: number;
  unit: string;
  /** Page and date, or `ours`. */
  source: string;
}

/**
 * `idempotent`: the provider recognises our key, so the same send can be repeated. `look-up`: the provider can be
 * asked whether a send went out. `blind`: neither; an unclear outcome stays `unknown` until a person chooses.
 */
export type DeliveryClass = 'idempotent' | 'look-up' | 'blind';

/** How fast a provider may be called. Absent numbers mean no limit. */
export interface Pacing {
  /** Channels with the same account share its limits and its pauses. */
  account: string;
  /** Calls per second over the account, with so many at once after a rest. */
  perAccount?: { ratePerSecond: number; burst: number };
  /** Calls per second to one destination. */
  perDestination?: { ratePerSecond: number; burst: number };
}

/** One piece of a message that fits one provider call, in the connector's own words. Survives JSON. */
export interface Part {
  /** What the connector sends; nobody else looks inside. */
  body: JsonObject;
  /** How the piece reads, for the console and for logs of what was sent: `text`, `buttons`, … */
  rendering: string;
}

export interface Plan {
  /** In order; empty only when nothing of the content can be carried. */
  parts: Part[];
  /** What the channel could not show, in words for the author: `carousel → numbered text`. */
  lost: string[];
}

/** Where a part goes. */
export interface Destination {
  thread: string;
  address: Address | null;
  conversationId: string;
  /** When the person last wrote in this conversation, in milliseconds since 1970; null for never. */
  lastInboundAt: number | null;
  /** The provider's id of the person's newest message there: what a reply answers. Null for none. */
  lastInboundRef: string | null;
  /** What came along with that message, such as an e-mail's subject and references; absent for none. */
  lastInboundMetadata?: Readonly<Record<string, string>> | null;
  /** What the bot said to this person before, for `Outbound.refuses`; absent for what people write, and where it is not asked for. */
  saidBefore?: SaidBefore;
}

/** What the bot said to one person on one channel, in all their conversations there, before the message at hand. */
export interface SaidBefore {
  /** Turns of the bot that spoke within 24 hours. */
  turnsToday: number;
  /** The same within ten minutes. */
  turnsLately: number;
  /** Whether one of those of 24 hours said the very same. */
  isRepeated: boolean;
}

export interface Receipt {
  /** The provider's reference, by which later receipts name this send. */
  providerRef: string;
  /** Further than `sent` when the provider says so at once. */
  status?: Exclude<ReceiptStatus, 'failed'>;
}

/** What a connector may use of the world. */
export interface Io<Settings> {
  settings: Settings;
  /** Calls the provider: with time-out and size limit, never to a private address unless the installation allows it, redirects not followed. */
  fetch: EgressFetch;
  /** Aborted when the caller gives up. */
  signal: AbortSignal;
  /** Now, in milliseconds since 1970. */
  now(): number;
  /** The channel's public webhook address, for providers that are told per message where to report; absent where none is known. */
  hookUrl?: string | undefined;
  /** A signed address under which the provider can fetch a stored file for an hour; only for `media:` addresses. */
  linkTo(mediaUrl: string): Promise<string>;
  /** The bytes of a file by its `media:` or public address, within the size limit. Refuses private addresses. */
  readMedia(mediaUrl: string, maxBytes: number): Promise<FetchedMedia>;
}

export interface EgressRequest {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'HEAD';
  headers?: Record<string, string>;
  body?: string | Uint8Array;
  timeoutMs?: number;
  /** Bytes of the answer that are read; more is an error. */
  maxBytes?: number;
  signal?: AbortSignal;
  /** Asked in the very moment in which the request would begin to leave; false makes it `channel/unreachable`. */
  mayLeave?: () => boolean;
}
export interface EgressResponse {
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: Uint8Array;
  text(): string;
}
/**
 * @throws Fault `channel/unreachable` when certainly nothing was accepted (refused, name unknown, address forbidden);
 *   `channel/outcome-unknown` when the request may have arrived (time-out, connection lost, answer too large)
 */
export interface EgressFetch {
  (url: string, request?: EgressRequest): Promise<EgressResponse>;
  /**
   * For protocols that are not HTTP: an IP address of this host that may be called. Never a private address, unless the
   * installation allows it. Where it is absent, only public addresses may be called.
   *
   * @throws Fault `channel/unreachable`
   */
  addressOf?: (host: string) => Promise<string>;
}

/** OAuth 2.0 with a code: the core makes and checks the state, and keeps what the exchange gives. */
export interface OauthPort<Settings> {
  /**
   * The provider's page on which a person agrees. Pure.
   *
   * @param redirectUrl  where the provider sends the person back to, with `code` and `state`
   * @throws Fault `channel/not-connected` when the settings lack what this needs
   */
  authorizeUrl(settings: Settings, redirectUrl: string, state: string): string;
  /**
   * Exchanges the code for what is to be kept.
   *
   * @param redirectUrl  the same as for `authorizeUrl`
   * @returns settings that change; the others stay
   * @throws the same faults as `deliver`
   */
  exchange(code: string, redirectUrl: string, io: Io<Settings>): Promise<Partial<Settings>>;
}

/** A refusal before the call, for people and for programs. */
export interface Refusal {
  /** In kebab case: `outside-window`. */
  code: string;
  /** What is so, why, and what to do. */
  reason: string;
}

/** What a try-out pretends that a person wrote. */
export interface SimulatedMessage {
  /** The person's address, as the channel writes addresses. */
  from: string;
  text: string;
}

export interface MediaPort<Settings> {
  /**
   * Fetches a file that an event named by `media:<ref>`.
   *
   * @param ref  what stood behind `media:` in the decoded content
   * @throws Fault as `deliver`; `channel/rejected` when the provider does not have it any more
   */
  fetch(ref: string, io: MediaIo<Settings>): Promise<FetchedMedia>;
}
export interface MediaIo<Settings> extends Io<Settings> {
  /** The bytes that the event was decoded from, as stored: for providers that send files along. */
  raw(): Promise<Uint8Array>;
}

export interface Outbound<Settings> {
  /** Pure: content → parts that the provider accepts. Planning the same content again gives the same parts. */
  plan(contents: readonly Content[], settings: Settings): Plan;
  /**
   * Pure. Which conversations share the pace per destination, where that is not the person's address: those in one Slack
   * channel. Default: the address, without one the thread.
   */
  destinationOf?(to: Pick<Destination, 'thread' | 'address'>): string;
  /**
   * Pure. The thread on which somebody is written to who has not written yet: the one on which their answer comes. Absent:
   * who has not written cannot be written to.
   *
   * @returns null for an address that this channel does not reach
   */
  threadOf?(address: Address, settings: Settings): string | null;
  /**
   * Pure. Why this part may not go there now, known before any call: a closed time window, an address of the wrong kind.
   * The refusal becomes the delivery's end, in the provider's words where it has them.
   */
  refuses?(part: Part, to: Destination, settings: Settings, now: number): Refusal | null;
  /** Whether `refuses` wants to know what the bot said before: one more look into the database for each send. */
  asksWhatWasSaid?: boolean;
  /**
   * Exactly one provider call. Never retries, sleeps or splits.
   *
   * @param key the same for every attempt of the same delivery
   * @throws Fault `channel/throttled` (with `retryAfterMs`), `channel/unreachable` (nothing was accepted),
   *   `channel/outcome-unknown` (the request left, no clear answer), `channel/rejected` (never will be accepted),
   *   `channel/credentials` (a person must act) — and nothing else
   */
  deliver(part: Part, to: Destination, key: string, io: Io<Settings>): Promise<Receipt>;
  /** Whether a send with this key went out; null when the provider has no trace of it. For class `look-up`. */
  lookup?(key: string, to: Destination, io: Io<Settings>): Promise<Receipt | null>;
  /** How long after a send the provider may still not know it, in milliseconds. For class `look-up`. */
  lookupSettleMs?: number;
}

/** A provider's HTTP request, exactly as it came. */
export interface HookRequest {
  method: 'GET' | 'POST';
  /** The public address that the provider called, as configured: signatures may cover it. */
  url: string;
  query: Readonly<Record<string, string>>;
  /** Names in lower case; repeated headers joined by comma. */
  headers: Readonly<Record<string, string>>;
  body: Uint8Array;
  /** Milliseconds since 1970, for signatures that expire. */
  receivedAt: number;
}

/** Whether a request is genuine. The reason is for our log, never for the caller. */
export type Verdict = { genuine: true } | { genuine: false; reason: string };

export interface HookReply {
  status: number;
  headers?: Record<string, string>;
  body?: string;
}

/** What one request held. */
export interface Decoded {
  events: DecodedEvent[];
  /** Sent after the events are stored. */
  reply: HookReply;
}
export interface DecodedEvent {
  event: InboundEvent;
  /** The slice of the body that this event was made from, as received. */
  raw: Uint8Array;
}

export interface WebhookPort<Settings> {
  /** Over the exact bytes, in constant time. Never throws. */
  authenticate(request: HookRequest, settings: Settings): Verdict;
  /**
   * Pure. Unknown kinds become `ignored` events with a reason, never an error.
   *
   * @throws Fault `input/invalid` when the body is not what the provider documents; the inbox then keeps it as `quarantined`
   */
  decode(request: HookRequest, settings: Settings): Decoded;
  /** The same result as `decode`, from a thread of its own: when present, the core calls it instead, so that no body holds up others. */
  decodeApart?(request: HookRequest, settings: Settings): Promise<Decoded>;
  /**
   * Pure. Whether the provider sends again for hours what we could not take, or can be asked for it. What others post
   * while the database is away is kept on disk and acknowledged. Absent: it does.
   */
  isPatient?(settings: Settings): boolean;
}

/** Who holds a visitor token. */
export interface Visitor {
  sessionId: string;
  conversationId: string;
  contactId: string;
  thread: string;
}

export interface VisitorPort<Settings> {
  /** A token for one session, valid until `expiresAt` (milliseconds since 1970). */
  mint(visitor: Visitor, expiresAt: number, settings: Settings): Promise<string>;
  /** @throws Fault `access/token-expired`, `access/invalid-api-key` for a token that is not ours */
  verify(token: string, now: number, settings: Settings): Promise<Visitor>;
  /** Whether a page of this origin may use the channel. */
  allowsOrigin(origin: string, settings: Settings): boolean;
  /** How the chat looks; everybody who can open it may know. */
  look(settings: Settings): VisitorLook;
}

/** How a chat looks to its visitors. */
export interface VisitorLook {
  title: string;
  /** Shown above the messages; empty shows nothing. */
  greeting: string;
  /** `#rrggbb`. */
  accentColor: string;
  /** Asked before a conversation begins; null asks nothing. */
  preChat: PreChat | null;
  /** Whether visitors may have the conversation sent by mail. */
  transcript: boolean;
}

/** The state of a channel as a check found it. */
export interface Check {
  state: 'healthy' | 'degraded' | 'down';
  /** What is so, why, and what to do. */
  reason: string;
  /** Settings that are wrong, by field. */
  fields?: Record<string, string>;
}

/** Any connector, whatever its settings. */
// oxlint-disable-next-line typescript/no-explicit-any -- settings differ per connector; the registry parses them with each manifest's schema before any port sees them
export type AnyConnector = Connector<any>;
