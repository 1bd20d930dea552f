export { Connections, connectionAccount, type ConnectionClaim, type ShownConnection } from './connections.js';
export { Analytics } from './analytics.js';
export { Allowances, type Allowance, type AllowanceState, type Lease } from './allowances.js';
export { ApiKeys, type StoredApiKey } from './api-keys.js';
export { Handovers, type HandoverFacts } from './handovers.js';
export { Offers } from './offers.js';
export { Approvals, type NewApproval, type StoredApproval } from './approvals.js';
export { BotDrafts, type StoredDraft } from './bot-drafts.js';
export { BotProposals, type NewProposal, type ProposalDecision } from './bot-proposals.js';
export { BotTestSets } from './bot-test-sets.js';
export type { VersionNotes } from './bot-version-rows.js';
export { BotVersions, type NamedDefinition } from './bot-versions.js';
export { Bots, type PublishedBot } from './bots.js';
export { ChannelActivity } from './channel-activity.js';
export { ChannelCache } from './channel-cache.js';
export { Channels, type ChannelSettings, type LoadedChannel, type StoredChannel } from './channels.js';
export { ContactFacts, type NewFact } from './contact-facts.js';
export { AuditLog, type Actor, type AuditAnchor, type AuditEntry, type AuditVerdict } from './audit-log.js';
export { ContactMerges } from './contact-merges.js';
export { Contacts, type ContactFilter } from './contacts.js';
export { Conversations, type Answer, type ConversationFilter, type SendingPlace } from './conversations.js';
export type { PageOf, PageRequest } from './cursor.js';
export { DeadLetters, type DeadDelivery, type DeadInboxEvent, type ReplayFilter } from './dead-letters.js';
export {
  Idempotency,
  idOfOperation,
  type IdempotencyScope,
  type IdempotencyState,
  type OperationId,
} from './idempotency.js';
export { EventLog, type EventRange } from './event-log.js';
export { Exports, type OpenExport } from './exports.js';
export { FileKeys } from './file-keys.js';
export {
  CannedReplies,
  ConversationContexts,
  ConversationDesk,
  InboxList,
  InboxSearch,
  Labels,
  Notes,
  Operators,
  type InboxReader,
  type Seen,
} from './inbox/index.js';
export { Instance } from './instance.js';
export { Invitations, type StoredInvitation } from './invitations.js';
export { withInstallationLock } from './installation-lock.js';
export { KnowledgeBases } from './knowledge-bases.js';
export { KnowledgeGaps } from './knowledge-gaps.js';
export { KnowledgeSources, type NewKnowledgeSource } from './knowledge-sources.js';
export {
  LoginSessions,
  type NewLoginSession,
  type ShownLoginSession,
  type StoredLoginSession,
} from './login-sessions.js';
export { Logins, type Membership, type StoredLogin } from './logins.js';
export { MessageRedactions, type RedactedMessage } from './message-redactions.js';
export { MessageFeedbacks, type GivenFeedback, type NewFeedback } from './message-feedback.js';
export { Media, type KnownMedia, type NewMedia } from './media.js';
export { Members, type NewMember, type Standing, type StoredMember } from './members.js';
export { OauthClients, type StoredOauthClient, type StoredOauthToken } from './oauth-clients.js';
export type { ChannelPacing, Rate } from './pace.js';
export { PersonalData, type ErasedFiles } from './personal-data.js';
export { RepositoriesModule } from './repositories.module.js';
export { Backlog } from './backlog.js';
export { RequestLog, type NotedRequest } from './request-log.js';
export { RetentionRules, type OldFile, type Swept } from './retention-rules.js';
export { Secrets, type ShownSecret } from './secrets.js';
export {
  Sends,
  type ContactPlace,
  type NewSend,
  type OpenSend,
  type PlannedStep,
  type SendOutcome,
  type TriedStep,
} from './sends.js';
export {
  addressOfThread,
  sessionAddress,
  Sessions,
  type NewSession,
  type SessionAddress,
  type StoredSession,
} from './sessions.js';
export { SetUps } from './set-ups.js';
export { TimedCache, type TimedCacheOptions } from './timed-cache.js';
export type { AttemptEntry } from './timeline-steps.js';
export { Timelines } from './timelines.js';
export { Triggers, type StoredTrigger } from './triggers.js';
export { VisitorKeys, type ShownVisitorKey, type VisitorKeyMaterial } from './visitor-keys.js';
export { WebhookEndpoints } from './webhook-endpoints.js';
export { WebhookLog, type RecoverRange } from './webhook-log.js';
export { Workspaces, type Workspace } from './workspaces.js';
