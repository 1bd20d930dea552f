import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { checkBot, diffBots, failuresOf } from '#libs/bot';
import { fault } from '#libs/faults';
import type {
  Bot,
  BotDiff,
  BotDraft,
  BotId,
  DiffBot,
  PublishDraft,
  RollBackBot,
  WorkspaceId,
} from '#libs/model';
import { type Actor, BotDrafts, Bots, BotTestSets, BotVersions, type StoredDraft } from '#libs/store';
import { RehearsalService } from './rehearsal-service.js';
import { soundDefinition } from './sound-definition.js';

/** Takes drafts to versions, and back. */
@Injectable()
export class VersionService {
  constructor(
    private readonly bots: Bots,
    private readonly drafts: BotDrafts,
    private readonly versions: BotVersions,
    private readonly tests: BotTestSets,
    private readonly rehearsal: RehearsalService,
  ) {}

  /**
   * Publishes the draft. One that is equal to the published version changes nothing.
   *
   * @param revision  the draft that was read; null: whatever is there
   * @throws Fault `state/not-found`, `state/version-mismatch`; `input/invalid` when it cannot work as it is;
   *   `state/tests-failed` when tests were to be run, one is not as expected, and nobody insists
   */
  async publish(
    workspaceId: WorkspaceId,
    botId: BotId,
    { note, run_tests: runsTests, force }: PublishDraft,
    by: { revision: number | null; actor: Actor },
  ): Promise<Bot> {
    const draft = await this.drafts.get(workspaceId, botId);
    if (by.revision !== null && by.revision !== draft.revision) throw fault('state/version-mismatch');
    const definition = soundDefinition(draft.definition);
    if (!draft.isChanged) return this.bots.get(workspaceId, botId);
    const tests = runsTests ? await this.#tested(workspaceId, botId, draft, force !== undefined) : undefined;
    const forcedReason = tests && tests.failed > 0 ? force?.reason : undefined;
    await this.bots.publish(workspaceId, botId, {
      definition,
      actor: by.actor,
      notes: { note, tests, forcedReason },
      draft: { revision: draft.revision },
    });
    return this.bots.get(workspaceId, botId);
  }

  /**
   * Publishes what an earlier version said, as a version of its own; the draft stays as it is.
   *
   * @throws Fault `state/not-found`
   */
  async rollBack(
    workspaceId: WorkspaceId,
    botId: BotId,
    { version, note }: RollBackBot,
    actor: Actor,
  ): Promise<Bot> {
    const { definition } = await this.versions.named(workspaceId, botId, version);
    const present = await this.bots.get(workspaceId, botId);
    if (isDeepStrictEqual(present.definition, definition)) return present;
    const notes = { note, fromVersion: version };
    await this.bots.publish(workspaceId, botId, { definition, actor, notes });
    return this.bots.get(workspaceId, botId);
  }

  /** @throws Fault `state/not-found` */
  async diff(workspaceId: WorkspaceId, botId: BotId, { from, to }: DiffBot): Promise<BotDiff> {
    const before = await this.versions.named(workspaceId, botId, from);
    const after = await this.versions.named(workspaceId, botId, to);
    const changes = diffBots(before.definition, after.definition);
    return {
      from: before.label,
      to: after.label,
      is_equal: changes.length === 0,
      changes,
      text: changes.map(({ text }) => text).join('\n'),
    };
  }

  async #tested(
    workspaceId: WorkspaceId,
    botId: BotId,
    { definition }: StoredDraft,
    isForced: boolean,
  ): Promise<{ passed: number; failed: number }> {
    const { conversations } = await this.tests.get(workspaceId, botId);
    const uses = { knowledge: true, model: false };
    const draft = { label: 'draft' as const, definition };
    const report = await this.rehearsal.report(workspaceId, botId, draft, conversations, uses);
    const { passed, failed } = report;
    if (failed === 0 || isForced) return { passed, failed };
    const failures = failuresOf(report);
    throw fault('state/tests-failed', {
      detail: `${failed} of ${passed + failed} tests fail.`,
      errors: failures.slice(0, 100).map((detail) => ({ pointer: '', code: 'test_failed', detail })),
    });
  }
}

/** A draft as the API shows it. */
export function draftView(botId: BotId, draft: StoredDraft): BotDraft {
  const checked = checkBot(draft.definition);
  return {
    bot_id: botId,
    revision: draft.revision,
    is_changed: draft.isChanged,
    definition: draft.definition,
    problems: checked.ok ? [] : [...checked.problems],
    updated_by: draft.updatedBy,
    updated_at: draft.updatedAt?.toISOString() ?? null,
  };
}
