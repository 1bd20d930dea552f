import { Global, Inject, Injectable, Module, type OnModuleDestroy } from '@nestjs/common';
import { Logger } from '#libs/observe';
import { Bell } from '#libs/queue';
import { Conversations, EventLog } from '#libs/store';
import { ConversationStreams } from './conversation-streams.js';
import { TurnWaiter } from './turn-waiter.js';
import { WorkspaceStreams } from './workspace-streams.js';

@Injectable()
class StreamCloser implements OnModuleDestroy {
  constructor(
    @Inject(ConversationStreams) private readonly streams: ConversationStreams,
    @Inject(WorkspaceStreams) private readonly workspaces: WorkspaceStreams,
  ) {}

  onModuleDestroy(): void {
    this.streams.close();
    this.workspaces.close();
  }
}

/** The event logs as streams. Needs `RepositoriesModule`, `QueueModule` and a `Logger`. */
@Global()
@Module({
  providers: [
    {
      provide: ConversationStreams,
      inject: [Conversations, Bell, Logger],
      useFactory: (conversations: Conversations, bell: Bell, logger: Logger) =>
        new ConversationStreams(conversations, bell, (error) =>
          logger.fault(error, { during: 'following conversations' }),
        ),
    },
    {
      provide: WorkspaceStreams,
      inject: [EventLog, Bell, Logger],
      useFactory: (log: EventLog, bell: Bell, logger: Logger) =>
        new WorkspaceStreams(log, bell, (error) => logger.fault(error, { during: 'following workspaces' })),
    },
    {
      provide: TurnWaiter,
      inject: [Conversations, ConversationStreams],
      useFactory: (conversations: Conversations, streams: ConversationStreams) =>
        new TurnWaiter(conversations, streams),
    },
    StreamCloser,
  ],
  exports: [ConversationStreams, TurnWaiter, WorkspaceStreams],
})
export class EventsModule {}
