import path from 'node:path';
import { type DynamicModule, Global, Module } from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';
import { AccessModule, ApiKeyGuard } from '#libs/access';
import type { GatewayConfig } from '#libs/config';
import { EventsModule } from '#libs/events';
import { InboundDoor } from '#libs/inbound';
import { createEmbedder, KnowledgeSearch } from '#libs/knowledge';
import { FolderFiles, MediaDesk, MediaFiles } from '#libs/media';
import { Logger, Metrics } from '#libs/observe';
import { Outbox } from '#libs/outbound';
import { QueueModule } from '#libs/queue';
import { KnowledgeIndex, Media, RepositoriesModule, StoreModule } from '#libs/store';
import { ApprovalService } from './agent/approval-service.js';
import { ApprovalsController } from './agent/approvals.controller.js';
import { FactsController } from './agent/facts.controller.js';
import { SecretsController } from './agent/secrets.controller.js';
import { ApiKeysController } from './access/api-keys.controller.js';
import { AuditLogsController } from './access/audit-logs.controller.js';
import { BotsController } from './bots/bots.controller.js';
import { ChannelService } from './channels/channel-service.js';
import { ChannelTypesController } from './channels/channel-types.controller.js';
import { ChannelsController } from './channels/channels.controller.js';
import { TryingController } from './channels/trying.controller.js';
import { TryingService } from './channels/trying-service.js';
import { GATEWAY_CONFIG } from './config-token.js';
import { ContactLinksController } from './contacts/contact-links.controller.js';
import { ContactsController } from './contacts/contacts.controller.js';
import { PersonService } from './contacts/person-service.js';
import { ConversationsController } from './conversations/conversations.controller.js';
import { ControlService } from './conversations/control-service.js';
import { LogStream } from './conversations/log-stream.js';
import { DeadLettersController } from './dead-letters/dead-letters.controller.js';
import { ReplayService } from './dead-letters/replay-service.js';
import { HealthController } from './health/health.controller.js';
import { Readiness } from './health/readiness.js';
import { HookService } from './hooks/hook-service.js';
import { HooksController } from './hooks/hooks.controller.js';
import { AcceptGuard } from './http/accept.js';
import { IdempotencyInterceptor } from './http/idempotency.interceptor.js';
import { InFlight } from './http/in-flight.js';
import { BotKnowledgeController } from './knowledge/bot-knowledge.controller.js';
import { KnowledgeBasesController } from './knowledge/knowledge-bases.controller.js';
import { KnowledgeService } from './knowledge/knowledge-service.js';
import { KnowledgeSourcesController } from './knowledge/knowledge-sources.controller.js';
import { MediaController } from './media/media.controller.js';
import { MediaService } from './media/media-service.js';
import { WidgetMediaController } from './media/widget-media.controller.js';
import { MeController } from './me/me.controller.js';
import { MessageService } from './messages/message-service.js';
import { MessagesController } from './messages/messages.controller.js';
import { Speaking } from './messages/speaking.js';
import { SendingService } from './messages/sending-service.js';
import { TurnStream } from './messages/turn-stream.js';
import { OauthController } from './oauth/oauth.controller.js';
import { OauthService } from './oauth/oauth-service.js';
import { Outside } from './outside.js';
import { DemoController } from './pages/demo.controller.js';
import { DemoPage } from './pages/demo-page.js';
import { ErrorsController } from './pages/errors.controller.js';
import { SendBatchesController } from './sends/send-batches.controller.js';
import { SendService } from './sends/send-service.js';
import { SendsController } from './sends/sends.controller.js';
import { Greeter } from './sessions/greeter.js';
import { SessionService } from './sessions/session-service.js';
import { SessionsController } from './sessions/sessions.controller.js';
import { WebhookDeliveriesController } from './webhooks/webhook-deliveries.controller.js';
import { WebhookEndpointsController } from './webhooks/webhook-endpoints.controller.js';
import { WebhookService } from './webhooks/webhook-service.js';
import { WidgetFilesController } from './pages/widget-files.controller.js';
import { LookService } from './widget/look-service.js';
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
  BotKnowledgeController,
  ApprovalsController,
  ApiKeysController,
  AuditLogsController,
  BotsController,
  ChannelTypesController,
  ChannelsController,
  ContactLinksController,
  ContactsController,
  ConversationsController,
  DeadLettersController,
  DemoController,
  ErrorsController,
  FactsController,
  HealthController,
  HooksController,
  KnowledgeBasesController,
  KnowledgeSourcesController,
  MeController,
  MediaController,
  MessagesController,
  OauthController,
  SecretsController,
  SendBatchesController,
  SendsController,
  SessionsController,
  TryingController,
  WebhookDeliveriesController,
  WebhookEndpointsController,
  WidgetController,
  WidgetFilesController,
  WidgetMediaController,
  WidgetSessionsController,
];

const services = [
  ApprovalService,
  ChannelService,
  DemoPage,
  Greeter,
  HookService,
  ReplayService,
  InboundDoor,
  InFlight,
  KnowledgeService,
  ControlService,
  LogStream,
  LookService,
  MediaService,
  MessageService,
  OauthService,
  PersonService,
  Outbox,
  Outside,
  Readiness,
  SendService,
  SendingService,
  SessionService,
  Speaking,
  TryingService,
  TurnStream,
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
        AccessModule,
        EventsModule,
      ],
      controllers,
      providers: [
        ...services,
        {
          provide: MediaFiles,
          useFactory: () => new FolderFiles(path.join(core.config.data.dir, 'media')),
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
        { provide: APP_GUARD, useClass: AcceptGuard },
        { provide: APP_GUARD, useExisting: ApiKeyGuard },
        { provide: APP_INTERCEPTOR, useClass: IdempotencyInterceptor },
      ],
    };
  }
}
