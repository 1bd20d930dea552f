export { ConversationFeed, type Follower, type LiveEvent, type ReadPage } from './conversation-feed.js';
export { ConversationStreams, type Unsubscribe } from './conversation-streams.js';
export { EventsModule } from './events.module.js';
export { resumeAt, type Resumption } from './resume.js';
export { TurnWait, TurnWaiter } from './turn-waiter.js';
export { WorkspaceStreams, type WorkspaceFollower } from './workspace-streams.js';
export { writeHandover } from './write-handover.js';
export { WebhookSender, type WebhookSenderOptions } from './webhooks/webhook-sender.js';
