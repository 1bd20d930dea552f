import { answer, machineClock, pass, type Decision, type Responder, type TurnContext } from '#libs/bot';
import type { Turn } from '#libs/model';
import { AgentRun, type RunMeans } from './agent-run.js';
import { decisionsOf, isTooLate, pendingOf, writePending, type Pending } from './approvals.js';
import { Breaker } from './models/breaker.js';
import { resolveModel } from './models/resolve-model.js';
import type { AgentPorts } from './ports.js';
import { McpServers } from './tools/mcp.js';
import { openToolbox } from './tools/toolbox.js';
import { agentWords } from './words.js';

/** The two places of the agent in a row. */
export interface Agent {
  /** Takes decisions about tools that wait; stands before knowledge, which would take a “yes” for a question. */
  readonly approvals: Responder;
  /** Answers with a model; stands behind knowledge. */
  readonly agent: Responder;
}

/**
 * Makes the responder with a model: `standardRowOf({ behindIntents: [approvals, knowledge, agent] })`. One serves all bots and
 * workspaces, and any number of turns at once; what it keeps between them is which models rest and what servers offer.
 */
export function makeAgent(ports: AgentPorts): Agent {
  const clock = ports.clock ?? machineClock;
  const servers = new McpServers(ports, () => clock.tick());
  const means: RunMeans = {
    clock,
    breaker: new Breaker(clock),
    resolve: ports.modelOf ?? ((model, workspaceId) => resolveModel(model, workspaceId, ports)),
    openToolbox: (turn, draft, settings, signal) =>
      openToolbox(turn, draft, settings, ports, servers, signal),
  };
  return {
    approvals: {
      name: 'agent-approvals',
      respond: async (turn, draft) => decide(turn, draft, means),
    },
    agent: {
      name: 'agent',
      respond: async (turn, draft) => {
        const settings = turn.bot.definition.agent;
        if (!settings) return pass('The bot has no agent');
        if (draft.heard.length === 0) return pass('Nobody has said anything that wants an answer');
        return new AgentRun(turn, draft, settings, means).answer();
      },
    },
  };
}

async function decide(turn: Turn, draft: TurnContext, means: RunMeans): Promise<Decision> {
  const settings = turn.bot.definition.agent;
  if (!settings) return pass('The bot has no agent');
  const pending = pendingOf(draft);
  if (!pending) return pass('No tool waits for anybody');
  if (isTooLate(pending, draft)) return forget(pending, turn, draft);
  const decided = decisionsOf(pending, turn, draft);
  if (!decided) return pass('Nothing was decided about the tools that wait', { from: pending.from });
  if (decided.calls.some(({ agreed }) => agreed === null)) {
    writePending(draft, decided);
    return pass('Some tools still wait for an operator');
  }
  return new AgentRun(turn, draft, settings, means).resume(decided);
}

/** Somebody who was told that a colleague decides hears that nobody did; whoever did not answer a question knows that. */
function forget({ from }: Pending, turn: Turn, draft: TurnContext): Decision {
  writePending(draft, null);
  const reason = 'Nobody has decided in time';
  if (from === 'person' || draft.heard.length > 0) return pass(reason, { from });
  const text = agentWords(turn.bot.definition.languages).noDecision;
  return answer(reason, [[{ type: 'text', text }]], { from });
}
