import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import path from 'node:path';
import {
  Inject,
  Injectable,
  Module,
  type BeforeApplicationShutdown,
  type DynamicModule,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { InstalledModel } from '#libs/agent';
import { collectedFields, stateAfterSending } from '#libs/bot';
import type { WorkerConfig } from '#libs/config';
import { createEgress, type Egress } from '#libs/connectors';
import { WebhookSender, writeHandover } from '#libs/events';
import { InboundDoor, MailboxDrain, ReplyPlanner, TurnRunner, TurnStep } from '#libs/inbound';
import { createEmbedder, KnowledgeReader, KnowledgeSearch, ReadingRoom } from '#libs/knowledge';
import { FolderFiles, MediaDesk, MediaFetcher, MediaFiles } from '#libs/media';
import { Logger, Metrics } from '#libs/observe';
import { DeliverySender, Outbox, SendRunner } from '#libs/outbound';
import type { ConversationId } from '#libs/model';
import { Bell } from '#libs/queue';
import {
  Analytics,
  Approvals,
  AuditLog,
  BotProposals,
  Bots,
  ChannelCache,
  Channels,
  Connections,
  ContactFacts,
  Conversations,
  Deliveries,
  Errands,
  Exports,
  FileKeys,
  Handovers,
  KnowledgeIndex,
  KnowledgeReadings,
  Mailboxes,
  Media,
  MediaFetches,
  Offers,
  RetentionRules,
  Secrets,
  Sends,
  WebhookDeliveries,
  WorkspaceArchive,
} from '#libs/store';
import { AgentWorld } from './agent/agent-world.js';
import { withDemoRoute } from './demo-route.js';
import { CallRunner } from './errands/call-runner.js';
import { ErrandRunner } from './errands/errand-runner.js';
import { ConnectionKeeper } from './connections/connection-keeper.js';
import { ExportRunner } from './exports/export-runner.js';
import { WorkerMeans } from './means.js';
import { RetentionSweeper } from './retention/retention-sweeper.js';
import { KnowledgeDesk } from './knowledge/knowledge-desk.js';
import { ChannelWatch } from './watching/channel-watch.js';
import { BotRunner, DrainHandler, OutboundPlanner, SendHandler, WorkerSignals } from './bindings.js';

const EGRESS = Symbol('EGRESS');
/** The way to webhook receivers: a slow one takes no connection from a provider. */
const WEBHOOK_EGRESS = Symbol('WEBHOOK_EGRESS');

/** A browser or a mailbox each: more on one worker is a matter of memory. */
const CONNECTIONS_MAX = 50;

/** Going on with a send is a few statements; a pass of twenty stays well within this. */
const SENDS_LEASE_MS = 30_000;

/** Renewed every third of it, also while a large table is read. */
const EXPORTS_LEASE_MS = 30_000;

/** Turns that are under way may take so long when the worker is asked to stop; then they are aborted and done again. */
const STOP_GRACE_MS = 8_000;

/** Starts the loops once everything stands, and ends them before anything they need does. */
@Injectable()
class Loops implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    private readonly drain: MailboxDrain,
    private readonly sender: DeliverySender,
    private readonly keeper: ConnectionKeeper,
    private readonly watch: ChannelWatch,
    private readonly fetcher: MediaFetcher,
    private readonly errands: ErrandRunner,
    private readonly reader: KnowledgeReader,
    private readonly webhooks: WebhookSender,
    private readonly sends: SendRunner,
    private readonly exports: ExportRunner,
    private readonly means: WorkerMeans,
    private readonly signals: WorkerSignals,
    private readonly bell: Bell,
    @Inject(EGRESS) private readonly egress: Egress,
    @Inject(WEBHOOK_EGRESS) private readonly webhookEgress: Egress,
  ) {}

  onApplicationBootstrap(): void {
    this.signals.sender = this.sender;
    this.signals.fetcher = this.fetcher;
    this.signals.errands = this.errands;
    this.means.keeper = this.keeper;
    this.means.onOpened = () => void Promise.all([this.sender.poke(), this.fetcher.poke()]);
    this.drain.start();
    this.sender.start();
    this.fetcher.start();
    this.errands.start();
    this.reader.start();
    this.webhooks.start();
    this.sends.start();
    this.exports.start();
    this.keeper.start();
    this.watch.start();
    this.bell.listen('conversation', ({ ids }) => {
      void this.drain.changed(ids);
      this.webhooks.changed();
    });
    this.bell.listen('connection', ({ channelId, command }) => void this.keeper.command(channelId, command));
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.watch.stop();
    await this.sends.stop();
    await this.drain.stop(STOP_GRACE_MS);
    await this.sender.stop();
    await this.fetcher.stop();
    await this.errands.stop();
    await this.reader.stop();
    await this.webhooks.stop();
    await this.exports.stop();
    await this.keeper.stop();
    await this.egress.close();
    await this.webhookEgress.close();
  }
}

/** The model of the installation with its key, which is shown nowhere else. */
function installedModel({ model }: WorkerConfig): InstalledModel | undefined {
  return model && { ...model, key: model.key?.export().toString('utf8') };
}

/** The two loops of a worker, and what they are made of. */
@Module({})
export class PipelineModule {
  static forRoot(config: WorkerConfig): DynamicModule {
    // No two incarnations share a name: what one claimed, only that one may finish.
    const worker = `${hostname()}.${process.pid}.${randomUUID().slice(0, 8)}`;
    const { leaseMs, sweepEveryMs, sends, turns, turnTimeoutMs } = config.work;
    const loop = { worker, leaseMs, sweepEveryMs };
    const embedderOf = (egress: Egress) =>
      config.embeddings &&
      createEmbedder({ ...config.embeddings, timeoutMs: config.egress.timeoutMs }, egress.fetch);
    return {
      module: PipelineModule,
      providers: [
        {
          provide: AgentWorld,
          inject: [EGRESS, Secrets, ContactFacts, Approvals],
          useFactory: (egress: Egress, secrets: Secrets, facts: ContactFacts, approvals: Approvals) =>
            new AgentWorld(egress.webFetch, secrets, facts, approvals, installedModel(config)),
        },
        {
          provide: KnowledgeDesk,
          inject: [EGRESS, KnowledgeIndex, BotProposals, Logger],
          useFactory: (egress: Egress, index: KnowledgeIndex, proposals: BotProposals, logger: Logger) =>
            new KnowledgeDesk(
              new KnowledgeSearch(index, {
                embedder: embedderOf(egress),
                onFailure: (error) => logger.fault(error, { during: 'a search by meaning' }),
              }),
              index,
              proposals,
              logger,
            ),
        },
        {
          provide: KnowledgeReader,
          inject: [KnowledgeReadings, EGRESS, MediaFiles, Logger],
          useFactory: (readings: KnowledgeReadings, egress: Egress, files: MediaFiles, logger: Logger) =>
            new KnowledgeReader(
              readings,
              { fetch: egress.fetch, files, documents: new ReadingRoom(), embedder: embedderOf(egress) },
              loop,
              logger,
            ),
        },
        { provide: TurnRunner, useClass: BotRunner },
        { provide: ReplyPlanner, useClass: OutboundPlanner },
        {
          provide: EGRESS,
          useFactory: () =>
            withDemoRoute(
              createEgress({
                allowCidrs: config.egress.allow,
                timeoutMs: config.egress.timeoutMs,
                connectionsPerOrigin: sends,
              }),
              config.egress.demoServiceUrl,
            ),
        },
        {
          provide: WorkerMeans,
          inject: [EGRESS, MediaDesk],
          useFactory: (egress: Egress, desk: MediaDesk) =>
            new WorkerMeans(egress, desk, config.data.dir, config.http.publicUrl),
        },
        {
          provide: MediaFiles,
          inject: [FileKeys],
          useFactory: (keys: FileKeys) => new FolderFiles(path.join(config.data.dir, 'media'), keys),
        },
        {
          provide: MediaDesk,
          inject: [Media, MediaFiles],
          useFactory: (media: Media, files: MediaFiles) => new MediaDesk(media, files, config.media.bytesMax),
        },
        {
          provide: MediaFetcher,
          inject: [MediaFetches, ChannelCache, MediaDesk, WorkerMeans, Bell, Logger],
          useFactory: (
            fetches: MediaFetches,
            channels: ChannelCache,
            desk: MediaDesk,
            means: WorkerMeans,
            bell: Bell,
            logger: Logger,
          ) =>
            new MediaFetcher(
              fetches,
              channels,
              desk,
              means,
              (conversationId) => bell.ring('conversation', { ids: [conversationId] }),
              loop,
              logger,
            ),
        },
        {
          provide: WEBHOOK_EGRESS,
          useFactory: () => createEgress({ allowCidrs: config.egress.allow, connectionsPerOrigin: 16 }),
        },
        {
          provide: WebhookSender,
          inject: [WebhookDeliveries, Conversations, Handovers, WEBHOOK_EGRESS, Logger],
          useFactory: (
            webhooks: WebhookDeliveries,
            conversations: Conversations,
            handovers: Handovers,
            egress: Egress,
            logger: Logger,
          ) =>
            new WebhookSender(
              webhooks,
              conversations,
              egress.fetch,
              {
                ...loop,
                handoverOf: async (...of) => writeHandover(await handovers.facts(...of), collectedFields),
              },
              logger,
            ),
        },
        {
          provide: ExportRunner,
          inject: [Exports, WorkspaceArchive, Analytics, MediaFiles, Logger],
          useFactory: (
            exports: Exports,
            archive: WorkspaceArchive,
            analytics: Analytics,
            files: MediaFiles,
            logger: Logger,
          ) =>
            new ExportRunner(
              exports,
              { archive, analytics, files },
              {
                worker,
                leaseMs: EXPORTS_LEASE_MS,
                sweepEveryMs,
                folder: path.join(config.data.dir, 'exports'),
              },
              logger,
            ),
        },
        {
          provide: RetentionSweeper,
          inject: [RetentionRules, AuditLog, MediaFiles, Logger],
          useFactory: (rules: RetentionRules, log: AuditLog, files: MediaFiles, logger: Logger) =>
            new RetentionSweeper(rules, log, files, config.retention, logger),
        },
        Outbox,
        {
          provide: SendRunner,
          inject: [Sends, ChannelCache, Conversations, Mailboxes, Outbox, Logger],
          useFactory: (
            sends: Sends,
            channels: ChannelCache,
            conversations: Conversations,
            mailboxes: Mailboxes,
            outbox: Outbox,
            logger: Logger,
          ) =>
            new SendRunner(
              sends,
              channels,
              conversations,
              mailboxes,
              outbox,
              { worker, leaseMs: SENDS_LEASE_MS, sweepEveryMs, stateAfter: stateAfterSending },
              logger,
            ),
        },
        InboundDoor,
        {
          provide: ErrandRunner,
          inject: [Errands, Bots, ChannelCache, Secrets, EGRESS, Offers, Bell, InboundDoor, Logger],
          useFactory: (
            errands: Errands,
            bots: Bots,
            channels: ChannelCache,
            secrets: Secrets,
            egress: Egress,
            offers: Offers,
            bell: Bell,
            door: InboundDoor,
            logger: Logger,
          ) => {
            const changed = (id: ConversationId) => bell.ring('conversation', { ids: [id] });
            const secretOf = secrets.open.bind(secrets);
            const calls = new CallRunner(
              bots,
              channels,
              { fetch: egress.webFetch, secretOf },
              config.data.dir,
            );
            return new ErrandRunner(errands, calls, offers, changed, door, loop, logger);
          },
        },
        {
          provide: ConnectionKeeper,
          inject: [Connections, Channels, InboundDoor, WorkerMeans, Logger],
          useFactory: (
            connections: Connections,
            channels: Channels,
            door: InboundDoor,
            means: WorkerMeans,
            logger: Logger,
          ) =>
            new ConnectionKeeper(
              connections,
              channels,
              door,
              means,
              { ...loop, connectionsMax: CONNECTIONS_MAX },
              logger,
            ),
        },
        {
          provide: ChannelWatch,
          inject: [Channels, Connections, InboundDoor, WorkerMeans, Logger],
          useFactory: (
            channels: Channels,
            connections: Connections,
            door: InboundDoor,
            means: WorkerMeans,
            logger: Logger,
          ) =>
            new ChannelWatch(
              channels,
              connections,
              door,
              means,
              { sweepEveryMs, checkEveryMs: config.work.checkEveryMs, gapEveryMs: config.work.gapEveryMs },
              logger,
            ),
        },
        WorkerSignals,
        TurnStep,
        {
          provide: MailboxDrain,
          inject: [Mailboxes, ChannelCache, TurnStep, WorkerSignals, Logger, Metrics],
          useFactory: (
            mailboxes: Mailboxes,
            channels: ChannelCache,
            step: TurnStep,
            signals: WorkerSignals,
            logger: Logger,
            metrics: Metrics,
          ) =>
            new MailboxDrain(
              mailboxes,
              channels,
              step,
              signals,
              { ...loop, turns, turnTimeoutMs },
              logger,
              metrics,
            ),
        },
        {
          provide: DeliverySender,
          inject: [Deliveries, ChannelCache, Channels, WorkerMeans, Bell, Logger, Metrics],
          useFactory: (
            deliveries: Deliveries,
            cache: ChannelCache,
            channels: Channels,
            means: WorkerMeans,
            bell: Bell,
            logger: Logger,
            metrics: Metrics,
          ) =>
            new DeliverySender(
              deliveries,
              cache,
              channels,
              means,
              (conversationId) => bell.ring('conversation', { ids: [conversationId] }),
              { ...loop, sends, timeoutMs: config.egress.timeoutMs },
              logger,
              metrics,
            ),
        },
        {
          provide: DrainHandler,
          inject: [MailboxDrain],
          useFactory: (drain: MailboxDrain) => new DrainHandler(drain),
        },
        {
          provide: SendHandler,
          inject: [DeliverySender],
          useFactory: (sender: DeliverySender) => new SendHandler(sender),
        },
        Loops,
      ],
      exports: [DrainHandler, SendHandler],
    };
  }
}
