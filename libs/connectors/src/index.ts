export { capabilitiesOf, connectorOf, hookUrlOf } from './catalogue.js';
export type {
  Connection,
  ConnectionIo,
  ConnectionPort,
  ConnectionSetUp,
  ConnectionState,
  FetchedMedia,
} from './connection.js';
export type {
  AnyConnector,
  Check,
  Connector,
  Decoded,
  DecodedEvent,
  DeliveryClass,
  Destination,
  EgressFetch,
  EgressRequest,
  EgressResponse,
  HookReply,
  HookRequest,
  Io,
  Limit,
  Manifest,
  MediaIo,
  MediaPort,
  OauthPort,
  Outbound,
  Pacing,
  Part,
  Plan,
  Receipt,
  Refusal,
  SaidBefore,
  SimulatedMessage,
  Verdict,
  Visitor,
  VisitorPort,
  WebhookPort,
} from './connector.js';
export { registry } from './registry.gen.js';
export { parseSettings, splitSecrets, withGenerated, type SplitSettings } from './settings.js';
export { createEgress, type Egress, type EgressOptions } from './shared/egress.js';
export type { WebFetch } from './shared/egress-stream.js';
export { newWebhookSecret, signWebhook, verifyWebhook } from './shared/standard-webhooks.js';
