export type {
  CommitItem,
  InboxOutcome,
  NewDelivery,
  NewErrand,
  NewFetch,
  NewMessage,
  NewTurn,
} from './commit-item.js';
export { Errands, type OpenErrand } from './errands.js';
export { Deliveries, type DeliveryOutcomeRow, type OpenDelivery } from './deliveries.js';
export { GroupCommit, type GroupCommitOptions, type Outcome } from './group-commit.js';
export { Inbox, type AcceptedEvent, type NewInboxEvent } from './inbox.js';
export {
  KnowledgeIndex,
  type AskedWord,
  type Candidate,
  type KnownWord,
  type NearWord,
  type SearchedBase,
  type SearchLexeme,
} from './knowledge-index.js';
export {
  KnowledgeReadings,
  type NewPassage,
  type OpenReading,
  type ReadingOutcome,
  type UnembeddedPassage,
} from './knowledge-readings.js';
export { spread } from './mailbox-key.js';
export { MediaFetches, type FetchOutcome, type OpenFetch } from './media-fetches.js';
export {
  Mailboxes,
  type CommitResult,
  type NewConversation,
  type OpenConversation,
  type OpenMailbox,
  type PendingEvent,
  type ReceiptRow,
  type WaitingMessage,
} from './mailboxes.js';
export {
  WebhookDeliveries,
  type OpenWebhook,
  type WebhookContext,
  type WebhookOutcome,
} from './webhook-deliveries.js';
