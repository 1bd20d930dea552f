import { Injectable } from '@nestjs/common';
import { makeAgent, type Agent, type AgentPorts, type InstalledModel } from '#libs/agent';
import type { Effect, Turn, TurnSignal } from '#libs/model';
import { Approvals, ContactFacts, Secrets } from '#libs/store';

type Of<Kind extends Effect['kind']> = Extract<Effect, { kind: Kind }>;
const allOf = <Kind extends Effect['kind']>(effects: readonly Effect[], kind: Kind): Of<Kind>[] =>
  effects.filter((effect): effect is Of<Kind> => effect.kind === kind);

/** What agents of this worker use of the world: models and tools over the egress, secrets, memory, questions to operators. */
@Injectable()
export class AgentWorld {
  readonly agent: Agent;

  constructor(
    fetch: AgentPorts['fetch'],
    secrets: Secrets,
    private readonly facts: ContactFacts,
    private readonly approvals: Approvals,
    installed: InstalledModel | undefined,
  ) {
    const secretOf: AgentPorts['secretOf'] = (workspaceId, name) => secrets.open(workspaceId, name);
    this.agent = makeAgent({ fetch, secretOf, installed });
  }

  /**
   * The turn with what is known of its contact, loaded only when it is asked for, and with what operators have decided.
   *
   * @throws Fault `store/unavailable`
   */
  async prepared(turn: Turn): Promise<Turn> {
    const settings = turn.bot.definition.agent;
    if (!settings) return turn;
    const { workspaceId, contact } = turn;
    const facts = (limit: number) => this.facts.of(workspaceId, contact.contactId, limit);
    const asksOperators = settings.tools.some(({ approval }) => approval === 'operator');
    const told = new Set(turn.signals?.flatMap((one) => (one.kind === 'result' ? [one.callId] : [])));
    const decisions = asksOperators ? await this.#decisions(turn) : [];
    const decided = decisions.filter((one) => one.kind !== 'result' || !told.has(one.callId));
    return {
      ...turn,
      ...(settings.memory && { facts }),
      ...(decided.length > 0 && { signals: [...(turn.signals ?? []), ...decided] }),
    };
  }

  async #decisions({ workspaceId, conversation }: Turn): Promise<TurnSignal[]> {
    const outcomes = await this.approvals.outcomes(workspaceId, conversation.conversationId);
    return outcomes.map(({ callId, status }) =>
      status === 'expired'
        ? { kind: 'result', callId, ok: false, code: 'expired' }
        : { kind: 'result', callId, ok: true, value: { approved: status === 'approved' } },
    );
  }

  /**
   * Keeps the facts and asks the questions of a turn. Done before its commit, and again when the turn is: both are known by
   * what they say, and a question of a turn that was not committed is one that no conversation waits for.
   *
   * @throws Fault `store/unavailable`
   */
  async keep({ workspaceId, contact, conversation }: Turn, effects: readonly Effect[]): Promise<void> {
    const { conversationId } = conversation;
    const facts = allOf(effects, 'remember').map(({ text, source, expiresAt }) => ({
      text,
      source,
      conversationId,
      expiresAt: new Date(expiresAt),
    }));
    if (facts.length > 0) await this.facts.keep(workspaceId, contact.contactId, facts);
    const questions = allOf(effects, 'ask-operator').map(({ callId, tool, input, expiresAt }) => ({
      callId,
      tool,
      input,
      expiresAt: new Date(expiresAt),
    }));
    if (questions.length > 0) await this.approvals.ask(workspaceId, conversationId, questions);
  }
}
