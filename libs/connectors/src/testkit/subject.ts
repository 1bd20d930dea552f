import type { Content } from '#libs/model';
import type { FaultCode } from '#libs/faults';
import type { Connector, Destination, HookRequest, Part } from '../connector.js';
import type { StubAnswer, StubRequest } from './stub-server.js';

/** A connector and what the conformance suite must know to try it out. */
export interface Subject<Settings> {
  connector: Connector<Settings>;
  /** The connector's own folder; its `fixtures/*.http` are read. */
  folder: string;
  /** Settings as a caller would send them, for a provider at this address. Always the same for the same address. */
  settings: (providerUrl: string) => Record<string, unknown>;
  to: Destination;
  plan: PlanSubject<Settings>;
  /** For connectors with a webhook. */
  inbound?: InboundSubject<Settings>;
  /** True where all sends go over a held connection: calling `deliver` without one must say so. */
  overConnection?: boolean;
  /** For connectors that call a provider. */
  provider?: ProviderSubject;
}

export interface PlanSubject<Settings> {
  /** For each limit of the manifest that binds parts: how much of it a part uses, and how much it may. */
  limits: Readonly<Record<string, PartLimit<Settings>>>;
  /** What a part says, as content: planning it again must give the same part. Absent where a part is not content any more. */
  readBack?: (part: Part) => Content[];
  /** Everything that a person would read in a part. */
  readText: (part: Part) => string;
}
export interface PartLimit<Settings> {
  max: (settings: Settings) => number;
  /** In the limit's unit; the largest one where a part has several. */
  measure: (part: Part) => number;
}

export interface InboundSubject<Settings> {
  /** A request with this body as the provider would send it at this time, signature and all. */
  sign: (body: string, receivedAt: number, settings: Settings) => HookRequest;
  /** The body of a genuine event of a kind that the connector does not know. */
  unknownKind: string;
  /** The body in which the provider says that the send with this reference was delivered, where it says so. */
  delivered?: (providerRef: string) => string;
}

export interface ProviderSubject {
  /** How the provider says yes. */
  accepts: StubAnswer;
  /** The reference that a receipt has after `accepts`. */
  acceptedRef: string;
  /** Where in a request of ours the destination is named. */
  destinationOf: (request: StubRequest) => string;
  /** Every error that the provider documents, and what it means. */
  errors: readonly { what: string; answer: StubAnswer; code: FaultCode }[];
  /** For connectors with a look-up: how the provider answers for a send it knows, and for one it does not know. */
  lookup?: { known: StubAnswer; unknown: StubAnswer };
}
