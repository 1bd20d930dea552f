import { Injectable } from '@nestjs/common';
import { botFormat, readBotFiles, writeBotFiles, type BotBundle } from '#libs/bot';
import { fault } from '#libs/faults';
import type { Bot, BotExport, BotFiles, BotId, BotVersionRef, WorkspaceId } from '#libs/model';
import { type Actor, BotDrafts, Bots, BotTestSets, BotVersions } from '#libs/store';

/** Lets bots out as files, and takes them in. */
@Injectable()
export class FilesService {
  constructor(
    private readonly bots: Bots,
    private readonly drafts: BotDrafts,
    private readonly versions: BotVersions,
    private readonly tests: BotTestSets,
  ) {}

  /** @throws Fault `state/not-found` */
  async export(workspaceId: WorkspaceId, botId: BotId, ref: BotVersionRef): Promise<BotExport> {
    const bot = await this.bots.get(workspaceId, botId);
    const { definition } = await this.versions.named(workspaceId, botId, ref);
    const { conversations } = await this.tests.get(workspaceId, botId);
    const files = writeBotFiles({
      name: bot.name,
      runningConversations: bot.running_conversations,
      definition,
      tests: conversations,
    });
    return { format: botFormat, files };
  }

  /**
   * Makes a bot of files, or the draft and the tests of one that is there.
   *
   * @param by.newId  for a write that may be repeated: a bot with this id that is there already is the answer
   * @throws Fault `input/invalid` with the file and the pointer of each mistake; `state/not-found`
   */
  async import(
    workspaceId: WorkspaceId,
    files: BotFiles,
    by: { botId: BotId | undefined; newId: BotId | undefined; actor: Actor },
  ): Promise<Bot> {
    const bundle = soundFiles(files);
    const { botId, actor } = by;
    if (botId === undefined) return this.#make(workspaceId, bundle, by);
    const { definition, tests } = bundle;
    await this.drafts.put(workspaceId, botId, { definition, revision: null, actor });
    await this.tests.put(workspaceId, botId, { conversations: [...tests], revision: null, actor });
    return this.bots.get(workspaceId, botId);
  }

  async #make(
    workspaceId: WorkspaceId,
    { name, runningConversations, definition, tests }: BotBundle,
    { newId: botId, actor }: { newId: BotId | undefined; actor: Actor },
  ): Promise<Bot> {
    const bot = await this.bots.create(workspaceId, { name, definition, actor, botId, runningConversations });
    if (tests.length > 0) {
      await this.tests.put(workspaceId, bot.id, {
        conversations: [...tests],
        revision: null,
        actor,
      });
    }
    return bot;
  }
}

function soundFiles(files: BotFiles): BotBundle {
  const reading = readBotFiles(files);
  if (reading.ok) return reading.bundle;
  const { problems } = reading;
  throw fault('input/invalid', {
    detail: `The files are no bot as they are: ${problems.length === 1 ? 'one mistake' : `${problems.length} mistakes`}.`,
    errors: problems.map(({ file, pointer, code, message }) => ({
      pointer: `${file}#${pointer}`,
      code,
      detail: message,
    })),
  });
}
