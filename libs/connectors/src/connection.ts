import type { Json, JsonObject } from '#libs/model';
import type { DecodedEvent, Destination, Io, Part, Receipt } from './connector.js';

/**
 * A connection that is held open instead of called: Socket Mode, IMAP, SMPP, WhatsApp Web. Exactly one worker holds a
 * channel's connection, by a lease that moves when its owner dies; the core opens it, opens it again with growing pauses
 * when it ends, and closes it when the channel is paused or its settings change.
 */
export interface ConnectionPort<Settings> {
  /** Whether a channel with these settings has one. */
  isUsed(settings: Settings): boolean;
  /** Whether sends go over it: such a channel's deliveries are made only by the worker that holds the connection. */
  carriesSends(settings: Settings): boolean;
  /**
   * Opens it. Resolves once it works, or once only a person can bring it further (then `show` has said what to do).
   *
   * @throws Fault `channel/unreachable`, `channel/throttled`, `channel/credentials`, `channel/not-connected`
   */
  open(io: ConnectionIo<Settings>): Promise<Connection>;
}

/** What a held connection may use of the world, beside what every call may. `signal` aborts when it must end now. */
export interface ConnectionIo<Settings> extends Io<Settings> {
  channelId: string;
  /**
   * Stores what came, in this order. Resolves after the commit: only then acknowledge to the provider. What was stored
   * before is recognised by its key, so accepting again does no harm.
   *
   * @throws Fault `store/unavailable`: acknowledge nothing, and offer it again
   */
  accept(events: readonly DecodedEvent[]): Promise<void>;
  /** Tells people how the connection is. Cheap; the last word counts. */
  show(state: ConnectionState): void;
  /** What `remember` kept under this name, in whatever worker; null for nothing. */
  recall(name: string): Promise<Json | null>;
  /** Keeps a small value of this channel, such as the last UID of a mailbox: under 64 kB. */
  remember(name: string, value: Json): Promise<void>;
  /** A folder for this channel's files alone, on the installation's volume; made when asked for. Absolute path. */
  folder(): Promise<string>;
}

export interface ConnectionState {
  state: 'connecting' | 'needs-person' | 'open' | 'degraded' | 'down';
  /** What is so, why, and what to do. */
  reason: string;
  /** What a person needs for the next step, while they do. Never logged. */
  setUp?: ConnectionSetUp;
}

/** `qr`: text of a QR code to scan; `code`: a code to type; `link`: an address to open. */
export interface ConnectionSetUp {
  kind: 'qr' | 'code' | 'link';
  value: string;
  /** Milliseconds since 1970. */
  expiresAt?: number;
}

/** A connection that is open. */
export interface Connection {
  /** Resolves, with the reason in words, when it has ended by itself; never rejects. */
  readonly ended: Promise<string>;
  /** Sends a part over it: the same promises and faults as `Outbound.deliver`. Present when it carries sends. */
  deliver?(part: Part, to: Destination, key: string, signal: AbortSignal): Promise<Receipt>;
  /** Fetches a file by the provider's reference, where that goes over the connection. */
  fetchMedia?(ref: string, signal: AbortSignal): Promise<FetchedMedia>;
  /** What an ops person asks of it, such as `logout` or `pairing-code`; absent for none. */
  command?(name: string, input: JsonObject): Promise<JsonObject>;
  /** Ends it and everything it started. Never throws; done within 10 s. */
  close(): Promise<void>;
}

/** A file as the provider gave it; its type is not trusted but sniffed. */
export interface FetchedMedia {
  bytes: Uint8Array;
  mimeType?: string;
  fileName?: string;
}
