import type { Clock, TurnContext } from '#libs/bot';
import { toFault } from '#libs/faults';
import type { AgentModel, WorkspaceId } from '#libs/model';
import type { ResolvedModel } from '../ports.js';
import type { Breaker } from './breaker.js';
import { callModel, type ModelAnswer, type ModelRequest, type Usage } from './one-call.js';

/** What the row needs of the agent. */
export interface ModelRowMeans {
  readonly clock: Clock;
  readonly breaker: Breaker;
  readonly resolve: (model: AgentModel, workspaceId: WorkspaceId) => Promise<ResolvedModel>;
}

/** What every call of a turn has in common. */
export type RowRequest = Omit<ModelRequest, 'outputTokensMax' | 'temperature'> & {
  /** What the turn may still cost: no call is given more. */
  readonly tokensLeft: number;
};

/** Calls the models of a bot in their order until one answers, within the time that all of them share. */
export class ModelRow {
  constructor(
    private readonly models: readonly AgentModel[],
    private readonly workspaceId: WorkspaceId,
    private readonly draft: TurnContext,
    private readonly means: ModelRowMeans,
  ) {}

  /**
   * One step of the agent. Each call is a line in the trace, and its cost is booked, also of those that failed.
   *
   * @returns null when no model has answered
   */
  async ask(request: RowRequest): Promise<Extract<ModelAnswer, { ok: true }> | null> {
    const until = this.means.clock.tick() + request.silenceMs;
    for (const [index, asked] of this.models.entries()) {
      if (request.signal.aborted || request.stopped?.aborted === true) return null;
      const left = until - this.means.clock.tick();
      // The time is shared: who comes first must leave some for those behind.
      const silenceMs = Math.max(left / (this.models.length - index), 1);
      const answer = await this.#askOne(asked, index, { ...request, silenceMs });
      if (answer?.ok) return answer;
    }
    return null;
  }

  async #askOne(asked: AgentModel, index: number, request: RowRequest): Promise<ModelAnswer | null> {
    const start = this.means.clock.tick();
    const took = (): number => this.means.clock.tick() - start;
    const name = asked.name ?? asked.provider;
    const key = `${this.workspaceId} ${asked.provider} ${asked.base_url ?? ''} ${name}`;
    if (!this.means.breaker.mayCall(key)) {
      this.draft.note(`Model ${name} rests: it has failed several times`, { model: name, place: index + 1 });
      return null;
    }
    let resolved: ResolvedModel;
    try {
      resolved = await this.means.resolve(asked, this.workspaceId);
    } catch (thrown) {
      const { code } = toFault(thrown);
      this.draft.note(`Model ${name} cannot be set up: ${code}`, { model: name, code }, took());
      return null;
    }
    const answer = await callModel(resolved, {
      ...request,
      outputTokensMax: Math.max(16, Math.min(asked.output_tokens_max, request.tokensLeft)),
      temperature: asked.temperature,
    });
    const cost = this.#book(asked, answer.usage);
    this.draft.note(...this.#line(resolved.label, answer, cost, index), took());
    if (answer.ok) this.means.breaker.succeeded(key);
    // A turn that ran out of time says nothing about the model; one that refuses this request may take the next.
    else if (answer.reason !== 'out-of-time' && answer.reason !== 'refused') this.means.breaker.failed(key);
    return answer;
  }

  #book({ price }: AgentModel, { inputTokens, outputTokens }: Usage): number {
    // Money for a million tokens is millionths of it for one.
    const moneyMicros = price
      ? Math.ceil(inputTokens * price.input_per_million + outputTokens * price.output_per_million)
      : 0;
    this.draft.budget.spend({ steps: 1, tokens: inputTokens + outputTokens, moneyMicros });
    return moneyMicros;
  }

  #line(
    label: string,
    answer: ModelAnswer,
    moneyMicros: number,
    index: number,
  ): [string, Record<string, string | number | boolean>] {
    const { inputTokens, outputTokens, isEstimated } = answer.usage;
    const detail = {
      model: label,
      place: index + 1,
      input_tokens: inputTokens,
      output_tokens: outputTokens,
      ...(isEstimated && { tokens_estimated: true }),
      ...(moneyMicros > 0 && { money_micros: moneyMicros }),
    };
    if (!answer.ok) {
      return [`Model ${label} failed: ${answer.reason}`, { ...detail, failed: answer.reason }];
    }
    const said = answer.calls.length > 0 ? `wants ${answer.calls.length} tool calls` : 'answered';
    return [
      `Model ${label} ${said}`,
      { ...detail, characters: answer.text.length, calls: answer.calls.length, cut: answer.isCut },
    ];
  }
}
