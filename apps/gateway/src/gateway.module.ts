import path from 'node:path';
import { type DynamicModule, Global, Module } from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';
import { AccessModule, ApiKeyGuard } from '#libs/access';
import type { GatewayConfig } from '#libs/config';
import { EventsModule } from '#libs/events';
import { InboundDoor, SpoolingDoor } from '#libs/inbound';
import { createEmbedder, KnowledgeSearch } from '#libs/knowledge';
import { FolderFiles, MediaDesk, MediaFiles } from '#libs/media';
import { Logger, Metrics } from '#libs/observe';
import { Outbox } from '#libs/outbound';
import { QueueModule } from '#libs/queue';
import {
  EventSpool,
  FileKeys,
  Keyring,
  KnowledgeIndex,
  Media,
  RepositoriesModule,
  StoreModule,
} from '#libs/store';
import { AnalyticsController } from './analytics/analytics.controller.js';
import { ApprovalService } from './agent/approval-service.js';
import { ApprovalsController } from './agent/approvals.controller.js';
import { FactsController } from './agent/facts.controller.js';
import { SecretsController } from './agent/secrets.controller.js';
import { ApiKeysController } from './access/api-keys.controller.js';
import { AuditLogsController } from './access/audit-logs.controller.js';
import { OauthClientsController } from './access/oauth-clients.controller.js';
import { OauthTokenController } from './access/oauth-token.controller.js';
import { AuthController } from './auth/auth.controller.js';
import { OwnLoginController } from './auth/own-login.controller.js';
import { BotChecksController } from './bots/bot-checks.controller.js';
import { BotsController } from './bots/bots.controller.js';
import { ChannelActivityController } from './channels/channel-activity.controller.js';
import { BotFilesController } from './bots/bot-files.controller.js';
import { BotProposalsController } from './bots/bot-proposals.controller.js';
import { BotTestsController } from './bots/bot-tests.controller.js';
import { BotVersionsController } from './bots/bot-versions.controller.js';
import { FilesService } from './bots/files-service.js';
import { LearningService } from './bots/learning-service.js';
import { RehearsalProps } from './bots/rehearsal-props.js';
import { RehearsalService } from './bots/rehearsal-service.js';
import { VersionService } from './bots/version-service.js';
import { ChannelService } from './channels/channel-service.js';
import { ChannelTypesController } from './channels/channel-types.controller.js';
import { ChannelsController } from './channels/channels.controller.js';
import { TryingController } from './channels/trying.controller.js';
import { TryingService } from './channels/trying-service.js';
import { VisitorKeysController } from './channels/visitor-keys.controller.js';
import { GATEWAY_CONFIG } from './config-token.js';
import { ContactLinksController } from './contacts/contact-links.controller.js';
import { ContactsController } from './contacts/contacts.controller.js';
import { PersonService } from './contacts/person-service.js';
import { ConversationsController } from './conversations/conversations.controller.js';
import { HandoffController } from './conversations/handoff.controller.js';
import { OfferService } from './conversations/offer-service.js';
import { ControlService } from './conversations/control-service.js';
import { LogStream } from './conversations/log-stream.js';
import { Transcripts } from './conversations/transcripts.js';
import { DeadLettersController } from './dead-letters/dead-letters.controller.js';
import { ExportsController } from './exports/exports.controller.js';
import { ImportService } from './exports/import-service.js';
import { ImportsController } from './exports/imports.controller.js';
import { EventStream } from './events/event-stream.js';
import { EventsController } from './events/events.controller.js';
import { ReplayService } from './dead-letters/replay-service.js';
import { HealthController } from './health/health.controller.js';
import { Readiness } from './health/readiness.js';
import { HookService } from './hooks/hook-service.js';
import { HooksController } from './hooks/hooks.controller.js';
import { KnownChannels } from './hooks/known-channels.js';
import { AcceptGuard } from './http/accept.js';
import { AuditedReads } from './http/audited.js';
import { DeprecationInterceptor } from './http/deprecated.js';
import { IdempotencyInterceptor } from './http/idempotency.interceptor.js';
import { InFlight } from './http/in-flight.js';
import { CannedRepliesController } from './inbox/canned-replies.controller.js';
import { CannedReplyService } from './inbox/canned-reply-service.js';
import { ConversationDeskController } from './inbox/conversation-desk.controller.js';
import { InboxController } from './inbox/inbox.controller.js';
import { InboxService } from './inbox/inbox-service.js';
import { InboxStreams } from './inbox/inbox-streams.js';
import { LabelsController } from './inbox/labels.controller.js';
import { VersionGuard } from './http/version.js';
import { NextLinks } from './http/next-link.js';
import { BotKnowledgeController } from './knowledge/bot-knowledge.controller.js';
import { KnowledgeBasesController } from './knowledge/knowledge-bases.controller.js';
import { KnowledgeService } from './knowledge/knowledge-service.js';
import { KnowledgeSourcesController } from './knowledge/knowledge-sources.controller.js';
import { Limits } from './limits/limits.js';
import { LimitsGuard } from './limits/limits-guard.js';
import { MediaController } from './media/media.controller.js';
import { MediaService } from './media/media-service.js';
import { WidgetMediaController } from './media/widget-media.controller.js';
import { McpController } from './mcp/mcp.controller.js';
import { MeController } from './me/me.controller.js';
import { InvitationsController } from './members/invitations.controller.js';
import { MembersController } from './members/members.controller.js';
import { FeedbackService } from './messages/feedback-service.js';
import { RedactionService } from './messages/redaction-service.js';
import { MessageService } from './messages/message-service.js';
import { MessagesController } from './messages/messages.controller.js';
import { Speaking } from './messages/speaking.js';
import { SendingService } from './messages/sending-service.js';
import { TurnStream } from './messages/turn-stream.js';
import { OauthController } from './oauth/oauth.controller.js';
import { OauthService } from './oauth/oauth-service.js';
import { Outside } from './outside.js';
import { ConsoleController } from './pages/console.controller.js';
import { DemoController } from './pages/demo.controller.js';
import { DemoPage } from './pages/demo-page.js';
import { ErrorsController } from './pages/errors.controller.js';
import { SecurityController } from './pages/security.controller.js';
import { RequestLogController } from './requests/request-log.controller.js';
import { RequestRecorder } from './requests/request-recorder.js';
import { RetentionController } from './retention/retention.controller.js';
import { SendBatchesController } from './sends/send-batches.controller.js';
import { SendService } from './sends/send-service.js';
import { SendsController } from './sends/sends.controller.js';
import { Greeter } from './sessions/greeter.js';
import { SessionService } from './sessions/session-service.js';
import { SessionsController } from './sessions/sessions.controller.js';
import { TriggerService } from './triggers/trigger-service.js';
import { TriggersController } from './triggers/triggers.controller.js';
import { WebhookDeliveriesController } from './webhooks/webhook-deliveries.controller.js';
import { WebhookEndpointsController } from './webhooks/webhook-endpoints.controller.js';
import { WebhookService } from './webhooks/webhook-service.js';
import { QueueBoard } from './pages/queue-board.js';
import { WidgetFilesController } from './pages/widget-files.controller.js';
import { LookService } from './widget/look-service.js';
import { TranscriptService } from './widget/transcript-service.js';
import { WidgetDoor } from './widget/widget-door.js';
import { WidgetController } from './widget/widget.controller.js';
import { WidgetSessionsController } from './widget/widget-sessions.controller.js';

/** What every module of the gateway may ask for. */
export interface GatewayCore {
  config: GatewayConfig;
  logger: Logger;
  metrics: Metrics;
}

@Global()
@Module({})
class CoreModule {
  static forRoot({ config, logger, metrics }: GatewayCore): DynamicModule {
    const providers = [
      { provide: GATEWAY_CONFIG, useValue: config },
      { provide: Logger, useValue: logger },
      { provide: Metrics, useValue: metrics },
    ];
    return { module: CoreModule, providers, exports: providers };
  }
}

const controllers = [
  AnalyticsController,
  BotKnowledgeController,
  ApprovalsController,
  ApiKeysController,
  AuditLogsController,
  AuthController,
  BotFilesController,
  BotProposalsController,
  BotTestsController,
  BotVersionsController,
  BotChecksController,
  BotsController,
  CannedRepliesController,
  ChannelActivityController,
  ChannelTypesController,
  ChannelsController,
  ContactLinksController,
  ConsoleController,
  ContactsController,
  ConversationDeskController,
  ConversationsController,
  DeadLettersController,
  DemoController,
  ErrorsController,
  SecurityController,
  EventsController,
  ExportsController,
  ImportsController,
  FactsController,
  HandoffController,
  HealthController,
  HooksController,
  InvitationsController,
  KnowledgeBasesController,
  KnowledgeSourcesController,
  McpController,
  InboxController,
  LabelsController,
  MeController,
  MediaController,
  MembersController,
  MessagesController,
  OauthClientsController,
  OauthController,
  OauthTokenController,
  OwnLoginController,
  RequestLogController,
  RetentionController,
  SecretsController,
  SendBatchesController,
  SendsController,
  SessionsController,
  TriggersController,
  TryingController,
  VisitorKeysController,
  WebhookDeliveriesController,
  WebhookEndpointsController,
  WidgetController,
  WidgetFilesController,
  WidgetMediaController,
  WidgetSessionsController,
];

const services = [
  ApprovalService,
  CannedReplyService,
  ChannelService,
  DemoPage,
  EventStream,
  ImportService,
  FeedbackService,
  FilesService,
  Greeter,
  HookService,
  RedactionService,
  ReplayService,
  InboundDoor,
  InboxService,
  InboxStreams,
  InFlight,
  KnowledgeService,
  KnownChannels,
  LearningService,
  ControlService,
  Limits,
  OfferService,
  LogStream,
  Transcripts,
  LookService,
  TranscriptService,
  MediaService,
  MessageService,
  OauthService,
  PersonService,
  Outbox,
  Outside,
  Readiness,
  QueueBoard,
  RehearsalProps,
  RehearsalService,
  RequestRecorder,
  SendService,
  SendingService,
  SessionService,
  Speaking,
  TriggerService,
  TryingService,
  TurnStream,
  VersionService,
  WebhookService,
  WidgetDoor,
];

/** The HTTP edge, wired. */
@Module({})
export class GatewayModule {
  static forRoot(core: GatewayCore): DynamicModule {
    const { database, http, queue, secrets } = core.config;
    return {
      module: GatewayModule,
      imports: [
        CoreModule.forRoot(core),
        StoreModule.forRoot({ ...database, name: 'gateway' }),
        RepositoriesModule.forRoot(secrets, http.publicUrl),
        QueueModule.forRoot({
          redisUrl: queue.redisUrl,
          databaseUrl: database.url,
          poolMax: queue.poolMax,
          role: 'gateway',
        }),
        AccessModule.forRoot({ ...core.config.logIn, publicUrl: http.publicUrl }),
        EventsModule,
      ],
      controllers,
      providers: [
        ...services,
        {
          provide: MediaFiles,
          inject: [FileKeys],
          useFactory: (keys: FileKeys) => new FolderFiles(path.join(core.config.data.dir, 'media'), keys),
        },
        {
          provide: SpoolingDoor,
          inject: [InboundDoor, Keyring],
          useFactory: (door: InboundDoor, keyring: Keyring) => {
            const { data, spool } = core.config;
            const kept = new EventSpool(path.join(data.dir, 'spool'), spool.bytesMax, keyring);
            return new SpoolingDoor(door, kept, core.metrics, core.logger);
          },
        },
        {
          provide: MediaDesk,
          inject: [Media, MediaFiles],
          useFactory: (media: Media, files: MediaFiles) =>
            new MediaDesk(media, files, core.config.media.bytesMax),
        },
        {
          provide: KnowledgeSearch,
          inject: [KnowledgeIndex, Outside, Logger],
          useFactory: (index: KnowledgeIndex, { egress }: Outside, logger: Logger) => {
            const { embeddings, egress: calls } = core.config;
            return new KnowledgeSearch(index, {
              embedder:
                embeddings && createEmbedder({ ...embeddings, timeoutMs: calls.timeoutMs }, egress.fetch),
              onFailure: (error) => logger.fault(error, { during: 'a search by meaning' }),
              // Who tries a search out has just changed something.
              basesTtlMs: 0,
            });
          },
        },
        { provide: APP_GUARD, useClass: VersionGuard },
        { provide: APP_GUARD, useClass: AcceptGuard },
        { provide: APP_GUARD, useExisting: ApiKeyGuard },
        { provide: APP_GUARD, useClass: LimitsGuard },
        { provide: APP_INTERCEPTOR, useClass: DeprecationInterceptor },
        { provide: APP_INTERCEPTOR, useClass: NextLinks },
        { provide: APP_INTERCEPTOR, useClass: IdempotencyInterceptor },
        { provide: APP_INTERCEPTOR, useClass: AuditedReads },
      ],
    };
  }
}
