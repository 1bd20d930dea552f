import { simulateReadableStream } from 'ai';
import { fault } from '#libs/faults';
import type { TestConversation } from '#libs/model';
import type { AgentPorts, ResolvedModel } from '../ports.js';
import { modelNameOf } from '../tools/tool.js';

type Model = Extract<ResolvedModel['model'], { specificationVersion: 'v3' }>;
type Streamed = Awaited<ReturnType<Model['doStream']>>['stream'];
type Piece = Streamed extends ReadableStream<infer P> ? P : never;
type Script = NonNullable<TestConversation['model']>;

/** How far a script was read; counted on with each answer. */
export interface ScriptPlace {
  answers: number;
}

/**
 * A model that says what a script says, one answer for each call, whichever model a bot names: for test sets and
 * simulations. It needs no network and costs nothing. Behind its last answer it fails, as a model that is down does.
 */
export function toldModel(script: Script, place: ScriptPlace): NonNullable<AgentPorts['modelOf']> {
  const model: Model = {
    specificationVersion: 'v3',
    provider: 'scripted',
    modelId: 'script',
    supportedUrls: {},
    doGenerate: () => Promise.reject(fault('internal/bug', { detail: 'A script is streamed.' })),
    doStream: async () => {
      const answer = script[place.answers];
      if (!answer) throw fault('state/unavailable', { detail: 'The script has nothing more to say.' });
      place.answers += 1;
      const chunks = [...piecesOf(answer), finish];
      return { stream: simulateReadableStream({ chunks, initialDelayInMs: null, chunkDelayInMs: null }) };
    },
  };
  return async () => ({ model, label: 'scripted/script' });
}

const finish: Piece = {
  type: 'finish',
  finishReason: { unified: 'stop', raw: 'stop' },
  usage: {
    inputTokens: { total: 0, noCache: 0, cacheRead: 0, cacheWrite: 0 },
    outputTokens: { total: 0, text: 0, reasoning: 0 },
  },
};

function piecesOf(answer: Script[number]): Piece[] {
  if ('says' in answer) {
    return [
      { type: 'text-start', id: 't' },
      { type: 'text-delta', id: 't', delta: answer.says },
      { type: 'text-end', id: 't' },
    ];
  }
  return answer.calls.map(({ tool, input }, index) => ({
    type: 'tool-call',
    toolCallId: `t${index}`,
    toolName: modelNameOf(tool),
    input: JSON.stringify(input),
  }));
}
