export type { Answer, Body, Item, OperationId, Query, Shape, WebhookType } from './api-types.js';
export type { components, operations, paths } from './api.gen.js';
export { errorCodes, liveEvents, loggedEvents } from './contract.gen.js';
export {
  ApiError,
  AuthenticationError,
  ConflictError,
  ConnectionError,
  type ErrorCode,
  GoneError,
  InvalidRequestError,
  isParleyError,
  NotFoundError,
  ParleyError,
  PermissionError,
  type ProblemDetails,
  ProviderError,
  RateLimitError,
  ServerError,
  SignatureError,
  TimeoutError,
} from './errors.js';
export type { WorkspaceStreamOptions } from './events.js';
export type { CallOptions, Fetch, ParleyOptions } from './options.js';
export { type Page, Pages } from './pages.js';
export { Parley } from './parley.js';
export type { LiveEventType, LoggedEventType, StreamEvent, StreamOptions } from './streams.js';
export { type MockAnswer, mockEvents, type MockHandler, type MockRequest, mockTransport } from './testing.js';
export type { Bytes } from './transport.js';
export { type HeadersIn, type WebhookEvent, webhooks } from './webhooks.js';
