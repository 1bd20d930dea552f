import { Injectable } from '@nestjs/common';
import {
  answerChanges,
  newRehearsal,
  rehearse,
  runTestSet,
  scriptedTools,
  traceText,
  type FlowTools,
  type Responder,
} from '#libs/bot';
import { fault, timeLimit } from '#libs/faults';
import type {
  BotDefinition,
  BotId,
  BotTestRun,
  Content,
  JsonObject,
  RunBotTests,
  SimulateTurn,
  Simulation,
  TestConversation,
  TestReport,
  WorkspaceId,
} from '#libs/model';
import { BotTestSets, BotVersions, type NamedDefinition } from '#libs/store';
import { RehearsalProps, type Uses } from './rehearsal-props.js';

/** A person waits for it. */
const simulationMs = 45_000;
const testsMs = 120_000;
/** Lets bots speak before they are published: nothing is stored or sent, and nobody is called who was not asked for. */
@Injectable()
export class RehearsalService {
  constructor(
    private readonly versions: BotVersions,
    private readonly tests: BotTestSets,
    private readonly props: RehearsalProps,
  ) {}

  /**
   * One turn of a conversation that the caller carries.
   *
   * @throws Fault `state/not-found`; `state/bot-timeout`; whatever the turn failed with
   */
  async simulate(workspaceId: WorkspaceId, botId: BotId, body: SimulateTurn): Promise<Simulation> {
    const { label, definition } = await this.versions.named(workspaceId, botId, body.version);
    const before = body.state ?? newRehearsal(body.contact.attributes);
    const calls = { ...before.calls };
    const place = { answers: before.answers };
    const signal = timeLimit(simulationMs).signal;
    const subject = { workspaceId, botId };
    const real = body.uses.tools ? this.props.tools(definition, workspaceId, before) : undefined;
    const tools = scriptedTools(body.tools, calls, real);
    // The agent's own way to a tool knows the conversation; a script that says nothing leaves it to that.
    const standIn = scriptedTools(
      body.tools,
      calls,
      body.uses.tools ? { call: async () => null } : undefined,
    );
    const behindIntents = this.props.row(definition, body.model, place, { tools, standIn }, body.uses);
    const version = label === 'draft' ? 0 : label;
    const { result, state } = await withinTime(signal, () =>
      rehearse(
        body.uses.tools ? definition : withoutServers(definition),
        version,
        before,
        {
          messages: messagesOf(body),
          event: body.event,
          owner: body.owner,
          nowMs: body.at === undefined ? Date.now() : Date.parse(body.at),
          contactName: body.contact.name,
        },
        {
          tools,
          behindIntents,
          knowledge: this.props.knowledge(definition, workspaceId, body.uses),
          subject,
          signal,
          tick: () => performance.now(),
        },
      ),
    );
    const { outcome, trace } = result;
    return {
      version: label,
      outcome,
      replies: result.replies.map((reply) => [...reply]),
      effects: JSON.parse(JSON.stringify(result.effects)) as JsonObject[],
      state: { ...state, calls, answers: place.answers },
      trace: [...trace],
      trace_text: traceText({ outcome, botVersion: label === 'draft' ? null : label, trace }),
    };
  }

  /**
   * Runs the test set of a bot with one version, and with another one to compare.
   *
   * @throws Fault `state/not-found`, `state/bot-timeout`
   */
  async run(workspaceId: WorkspaceId, botId: BotId, body: RunBotTests): Promise<BotTestRun> {
    const { conversations } = await this.tests.get(workspaceId, botId);
    const named = await this.versions.named(workspaceId, botId, body.version);
    const other =
      body.compare_with === undefined
        ? null
        : await this.versions.named(workspaceId, botId, body.compare_with);
    const play = (one: NamedDefinition): Promise<TestReport> =>
      this.report(workspaceId, botId, one, conversations, body.uses);
    const report = await play(named);
    return { report, compared: other && compare(await play(other), report) };
  }

  /** What a test set comes to with one definition. @throws Fault `state/bot-timeout` */
  report(
    workspaceId: WorkspaceId,
    botId: BotId,
    { label, definition }: NamedDefinition,
    conversations: readonly TestConversation[],
    uses: Uses,
  ): Promise<TestReport> {
    const signal = timeLimit(testsMs).signal;
    const behindIntents = ({ model }: TestConversation, tools: FlowTools): readonly Responder[] =>
      this.props.row(
        definition,
        model,
        { answers: 0 },
        { tools, standIn: tools, isStill: !uses.model },
        uses,
      );
    return withinTime(signal, () =>
      runTestSet(withoutServers(definition), label, conversations, {
        behindIntents,
        knowledge: this.props.knowledge(definition, workspaceId, uses),
        subject: { workspaceId, botId },
        signal,
      }),
    );
  }
}

/** Servers of tools cannot be scripted, and are not called. */
function withoutServers(definition: BotDefinition): BotDefinition {
  return definition.mcp_servers ? { ...definition, mcp_servers: [] } : definition;
}

function messagesOf({ says, takes }: SimulateTurn): Content[][] {
  const said = says === undefined ? [] : [says].flat().map((text): Content[] => [{ type: 'text', text }]);
  return takes === undefined ? said : [...said, [{ type: 'choice_taken', ...takes }]];
}

async function withinTime<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (signal.aborted) throw fault('state/bot-timeout', { cause: error });
    throw error;
  }
}

function compare(before: TestReport, after: TestReport): NonNullable<BotTestRun['compared']> {
  const { conversations: _, rules: __, ...report } = before;
  const changes = answerChanges(before, after);
  const change = Math.round((after.score - before.score) * 10_000) / 10_000;
  const percent = (score: number): string => `${Number((score * 100).toFixed(2))} %`;
  return {
    report,
    score_change: change,
    changes,
    text: [
      `${percent(before.score)} as expected before, ${percent(after.score)} now; ${changes.length} turns differ.`,
      ...changes.map(({ text }) => text),
    ].join('\n'),
  };
}
