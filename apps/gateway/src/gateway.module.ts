import path from 'node:path';
import { type DynamicModule, Global, Module } from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';
import { AccessModule, ApiKeyGuard } from '#libs/access';
import type { GatewayConfig } from '#libs/config';
import { EventsModule } from '#libs/events';
import { InboundDoor } from '#libs/inbound';
import { FolderFiles, MediaDesk, MediaFiles } from '#libs/media';
import { Logger, Metrics } from '#libs/observe';
import { Outbox } from '#libs/outbound';
import { QueueModule } from '#libs/queue';
import { Media, RepositoriesModule, StoreModule } from '#libs/store';
import { BotsController } from './bots/bots.controller.js';
import { ChannelService } from './channels/channel-service.js';
import { ChannelTypesController } from './channels/channel-types.controller.js';
import { ChannelsController } from './channels/channels.controller.js';
import { TryingController } from './channels/trying.controller.js';
import { TryingService } from './channels/trying-service.js';
import { GATEWAY_CONFIG } from './config-token.js';
import { ConversationsController } from './conversations/conversations.controller.js';
import { LogStream } from './conversations/log-stream.js';
import { DeadLettersController } from './dead-letters/dead-letters.controller.js';
import { HealthController } from './health/health.controller.js';
import { Readiness } from './health/readiness.js';
import { HookService } from './hooks/hook-service.js';
import { HooksController } from './hooks/hooks.controller.js';
import { AcceptGuard } from './http/accept.js';
import { IdempotencyInterceptor } from './http/idempotency.interceptor.js';
import { InFlight } from './http/in-flight.js';
import { MediaController } from './media/media.controller.js';
import { MediaService } from './media/media-service.js';
import { WidgetMediaController } from './media/widget-media.controller.js';
import { MeController } from './me/me.controller.js';
import { MessageService } from './messages/message-service.js';
import { MessagesController } from './messages/messages.controller.js';
import { Speaking } from './messages/speaking.js';
import { TurnStream } from './messages/turn-stream.js';
import { OauthController } from './oauth/oauth.controller.js';
import { OauthService } from './oauth/oauth-service.js';
import { Outside } from './outside.js';
import { DemoController } from './pages/demo.controller.js';
import { DemoPage } from './pages/demo-page.js';
import { ErrorsController } from './pages/errors.controller.js';
import { WidgetFilesController } from './pages/widget-files.controller.js';
import { Greeter } from './sessions/greeter.js';
import { SessionService } from './sessions/session-service.js';
import { SessionsController } from './sessions/sessions.controller.js';
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
  BotsController,
  ChannelTypesController,
  ChannelsController,
  ConversationsController,
  DeadLettersController,
  DemoController,
  ErrorsController,
  HealthController,
  HooksController,
  MeController,
  MediaController,
  MessagesController,
  OauthController,
  SessionsController,
  TryingController,
  WidgetController,
  WidgetFilesController,
  WidgetMediaController,
  WidgetSessionsController,
];

const services = [
  ChannelService,
  DemoPage,
  Greeter,
  HookService,
  InboundDoor,
  InFlight,
  LogStream,
  LookService,
  MediaService,
  MessageService,
  OauthService,
  Outbox,
  Outside,
  Readiness,
  SessionService,
  Speaking,
  TryingService,
  TurnStream,
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
        { provide: APP_GUARD, useClass: AcceptGuard },
        { provide: APP_GUARD, useExisting: ApiKeyGuard },
        { provide: APP_INTERCEPTOR, useClass: IdempotencyInterceptor },
      ],
    };
  }
}
