import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { SimulateTurn, Simulation, SimulationState } from '#libs/model';
import { call } from '../../api/call.js';

/** What a person does in a rehearsal. */
export type Move = Pick<SimulateTurn, 'says' | 'takes' | 'event' | 'owner'> & { waits_s?: number };

/** One turn that was rehearsed. */
export interface Turn {
  move: Move;
  /** Milliseconds since 1970 by the clock of the rehearsal. */
  atMs: number;
  answer: Simulation;
}

/** What is rehearsed, and with what. */
export interface Stage {
  /** `draft`, `published` or a number. */
  version: string;
  contactName: string;
  usesModel: boolean;
  usesTools: boolean;
}

/** A conversation with a bot that is stored nowhere: turn after turn, each with its trace. */
export interface Rehearsal {
  turns: readonly Turn[];
  /** What was said and is not answered yet. */
  pending: Move | null;
  error: unknown;
  /** @param done  called once it was answered */
  go: (move: Move, done?: () => void) => void;
  /** Forgets this turn and all after it. */
  backTo: (index: number) => void;
  begin: () => void;
}

/**
 * Rehearses a bot.
 *
 * @param prepare  done before each turn, such as storing what was typed a moment ago
 */
export function useRehearsal(botId: string, stage: Stage, prepare: () => Promise<unknown>): Rehearsal {
  const [turns, setTurns] = useState<readonly Turn[]>([]);
  const turn = useMutation({
    mutationFn: async (move: Move) => {
      await prepare();
      const last = turns.at(-1);
      const atMs = clockAfter(last, move);
      const body = bodyOf(move, stage, atMs, last?.answer.state);
      const answer = await call<Simulation>('POST', `/v1/bots/${botId}/simulate`, { body });
      return { move, atMs, answer };
    },
    onSuccess: (made) => setTurns([...turns, made]),
  });
  return {
    turns,
    pending: turn.isPending ? turn.variables : null,
    error: turn.error,
    go: (move, done) => turn.mutate(move, { onSuccess: () => done?.() }),
    backTo: (index) => {
      turn.reset();
      setTurns(turns.slice(0, index));
    },
    begin: () => {
      turn.reset();
      setTurns([]);
    },
  };
}

/** The clock goes with the real one, and stays ahead once somebody has waited. */
function clockAfter(last: Turn | undefined, { waits_s: waits = 0 }: Move): number {
  return Math.max(Date.now(), last?.atMs ?? 0) + waits * 1_000;
}

function bodyOf(move: Move, stage: Stage, atMs: number, state: SimulationState | undefined): object {
  const { waits_s: _, ...said } = move;
  const name = stage.contactName.trim();
  return {
    ...said,
    version: /^\d+$/.test(stage.version) ? Number(stage.version) : stage.version,
    at: new Date(atMs).toISOString(),
    ...(state && { state }),
    ...(name !== '' && { contact: { name } }),
    uses: { knowledge: true, model: stage.usesModel, tools: stage.usesTools },
  };
}
