import { simulateReadableStream } from 'ai';
import { MockLanguageModelV3 } from 'ai/test';
import type { AgentPorts } from '../ports.js';

type Call = MockLanguageModelV3['doStreamCalls'][number];
type Streamed = Awaited<ReturnType<MockLanguageModelV3['doStream']>>['stream'];
/** A piece of an answer, as providers stream it. */
export type Piece = Streamed extends ReadableStream<infer P> ? P : never;
/** One answer of a scripted model: its pieces, or a stream of its own, or a failure. */
export type Step = (call: Call) => readonly Piece[] | Streamed | Promise<readonly Piece[] | Streamed>;

/** The end of an answer, with what it cost. */
export function end(input: number | null = 10, output: number | null = 5): Piece {
  return {
    type: 'finish',
    finishReason: { unified: 'stop', raw: 'stop' },
    usage: {
      inputTokens: { total: input ?? undefined, noCache: input ?? undefined, cacheRead: 0, cacheWrite: 0 },
      outputTokens: { total: output ?? undefined, text: output ?? undefined, reasoning: 0 },
    },
  };
}

/** Words, in as many pieces as are given. */
export function words(...texts: string[]): Piece[] {
  return [
    { type: 'text-start', id: 't' },
    ...texts.map((delta): Piece => ({ type: 'text-delta', id: 't', delta })),
    { type: 'text-end', id: 't' },
  ];
}

/** Says something and ends. */
export function says(...texts: string[]): Step {
  return () => [...words(...texts), end()];
}

/** Wants tools; an input that is text is sent as it is. */
export function calls(...wanted: readonly (readonly [tool: string, input: unknown])[]): Step {
  return () => [
    ...wanted.map(([toolName, input], index): Piece => ({
      type: 'tool-call',
      toolCallId: `t${index}`,
      toolName,
      input: typeof input === 'string' ? input : JSON.stringify(input),
    })),
    end(),
  ];
}

/** Never says anything. */
export const hangs: Step = () => new Promise(() => undefined);

/** Begins and never goes on. */
export const stalls: Step = () =>
  new ReadableStream<Piece>({
    start: (controller) => {
      for (const piece of words('One moment. And ').slice(0, 2)) controller.enqueue(piece);
    },
  });

/** Never ends, and says the same again and again. */
export function endless(piece: () => Piece): Step {
  return () =>
    new ReadableStream<Piece>({
      pull: (controller) => controller.enqueue(piece()),
    });
}

/** Fails at once. */
export const fails: Step = () => Promise.reject(new TypeError('fetch failed'));

/** Models that say what stands in the script, one answer for each call, by their names. */
export function scripted(scripts: Readonly<Record<string, readonly Step[]>>): {
  modelOf: NonNullable<AgentPorts['modelOf']>;
  /** What each model was asked, in order. */
  asked: (name: string) => readonly Call[];
} {
  const models = new Map(
    Object.entries(scripts).map(([name, steps]) => {
      let at = 0;
      const doStream = async (call: Call) => {
        const step = steps[at++];
        if (!step) throw new RangeError(`${name} has nothing more to say`);
        const said = await step(call);
        const stream =
          said instanceof ReadableStream
            ? said
            : simulateReadableStream({ chunks: [...said], initialDelayInMs: null, chunkDelayInMs: null });
        return { stream };
      };
      return [name, new MockLanguageModelV3({ provider: 'scripted', modelId: name, doStream })];
    }),
  );
  return {
    modelOf: async ({ name = '' }) => ({ model: models.get(name)!, label: `scripted/${name}` }),
    asked: (name) => models.get(name)?.doStreamCalls ?? [],
  };
}

/** Ports without a world: no network, no secrets; what is given overrides. */
export function portsOf(over: Partial<AgentPorts> = {}): AgentPorts {
  return {
    fetch: () => Promise.reject(new TypeError('nothing is reached in this test')),
    secretOf: async () => null,
    ...over,
  };
}
