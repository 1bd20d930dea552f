import {
  APICallError,
  NoSuchToolError,
  stepCountIs,
  streamText,
  type LanguageModelUsage,
  type ModelMessage,
  type TextStreamPart,
  type ToolSet,
} from 'ai';
import { toFault } from '#libs/faults';
import type { ResolvedModel } from '../ports.js';
import { boundedModel } from './bounded-model.js';

/** One call of a model, with everything that bounds it. */
export interface ModelRequest {
  readonly system: string;
  readonly messages: readonly ModelMessage[];
  readonly tools: ToolSet;
  /** False: it must answer in words. */
  readonly mayCallTools: boolean;
  readonly outputTokensMax: number;
  readonly temperature?: number | undefined;
  /** Ends the whole turn of the agent. */
  readonly signal: AbortSignal;
  /** Ends the reading: what came until then is the answer, in words only. */
  readonly stopped?: AbortSignal | undefined;
  /** Milliseconds until the first piece, and between any two. */
  readonly silenceMs: number;
  /** Where reading ends; what came until then is the answer. */
  readonly charactersMax: number;
  readonly callsMax: number;
  /** The whole text until now, after each piece. */
  readonly onText: (text: string) => void;
}

/** A tool that the model wants to be run. */
export interface WantedCall {
  /** As the model wrote it. */
  readonly tool: string;
  readonly input: unknown;
  /** Why it cannot be run: no such tool, or an input that its schema does not allow. */
  readonly refused?: 'unknown-tool' | 'bad-input' | undefined;
}

/** Tokens of one call; estimated where the provider does not say. */
export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly isEstimated: boolean;
}

/** What a call came to. `reason` is a short code; nothing of the model's words is in it. */
export type ModelAnswer =
  | {
      readonly ok: true;
      readonly text: string;
      readonly calls: readonly WantedCall[];
      readonly usage: Usage;
      readonly isCut: boolean;
    }
  | { readonly ok: false; readonly reason: FailureReason; readonly hasBegun: boolean; readonly usage: Usage };

export type FailureReason =
  'silent' | 'stalled' | 'down' | 'credentials' | 'throttled' | 'refused' | 'endless' | 'out-of-time';

/** Signs of one call beside its text: reasoning, inputs of tools. */
const hiddenMax = 100_000;
/** No call costs more than this, whatever a provider says. */
const tokensMax = 10_000_000;

// The library would print what a provider does not support between the lines of the log.
globalThis.AI_SDK_LOG_WARNINGS = false;

/** Calls a model once. Never throws and never hangs: what the model does not end, this does. */
export async function callModel({ model }: ResolvedModel, request: ModelRequest): Promise<ModelAnswer> {
  const reading = new Reading(request);
  const stop = new AbortController();
  const abortSignal = AbortSignal.any([request.signal, stop.signal]);
  try {
    const { fullStream } = streamText({
      model: boundedModel(model, abortSignal),
      system: request.system,
      messages: [...request.messages],
      tools: request.tools,
      toolChoice: request.mayCallTools ? 'auto' : 'none',
      stopWhen: stepCountIs(1),
      maxRetries: 0,
      maxOutputTokens: request.outputTokensMax,
      ...(request.temperature !== undefined && { temperature: request.temperature }),
      abortSignal,
      // Failures come as pieces of the stream; the library would print them as well.
      onError: () => undefined,
    });
    return await reading.readAll(fullStream[Symbol.asyncIterator]());
  } catch (thrown) {
    return reading.failed(reasonOf(thrown, request.signal));
  } finally {
    stop.abort();
  }
}

type Piece = TextStreamPart<ToolSet>;

/** Takes the pieces of one answer. */
class Reading {
  #text = '';
  #hidden = 0;
  #hasBegun = false;
  #isCut = false;
  #usage: LanguageModelUsage | undefined;
  readonly #calls: WantedCall[] = [];
  #failure: FailureReason | null = null;

  constructor(private readonly request: ModelRequest) {}

  async readAll(pieces: AsyncIterator<Piece>): Promise<ModelAnswer> {
    const { signal, stopped } = this.request;
    const ends = stopped ? AbortSignal.any([signal, stopped]) : signal;
    let deadline = performance.now() + this.request.silenceMs;
    while (this.#failure === null && !this.#isCut) {
      const next = await within(pieces.next(), deadline - performance.now(), ends);
      if (next === 'late') return this.failed(this.#hasBegun ? 'stalled' : 'silent');
      if (next === 'aborted') return signal.aborted ? this.failed('out-of-time') : this.#cut();
      if (next.done) break;
      if (this.#take(next.value)) deadline = performance.now() + this.request.silenceMs;
    }
    return this.#failure ? this.failed(this.#failure) : this.#answer();
  }

  failed(reason: FailureReason): ModelAnswer {
    return { ok: false, reason, hasBegun: this.#hasBegun, usage: this.#spent() };
  }

  /** @returns whether the model said something: pieces without content do not keep it alive */
  #take(piece: Piece): boolean {
    switch (piece.type) {
      case 'text-delta':
        return this.#takeText(piece.text);
      case 'reasoning-delta':
        return this.#takeHidden(piece.text);
      case 'tool-input-delta':
        return this.#takeHidden(piece.delta);
      case 'tool-call':
        return this.#takeCall(piece);
      case 'finish-step':
        this.#usage = piece.usage;
        if (piece.finishReason === 'content-filter') this.#failure = 'refused';
        return false;
      case 'error':
        this.#failure = reasonOf(piece.error, this.request.signal);
        return false;
      case 'abort':
        this.#failure = 'out-of-time';
        return false;
      default:
        return false;
    }
  }

  #takeText(text: string): boolean {
    if (text === '') return false;
    this.#hasBegun = true;
    const room = this.request.charactersMax - this.#text.length;
    this.#text += text.slice(0, room);
    this.#isCut = text.length > room;
    this.request.onText(this.#text);
    return true;
  }

  #takeHidden(text: string): boolean {
    this.#hidden += text.length;
    if (this.#hidden > hiddenMax) this.#failure = 'endless';
    this.#hasBegun ||= text !== '';
    return text !== '';
  }

  #takeCall(piece: Extract<Piece, { type: 'tool-call' }>): boolean {
    this.#hasBegun = true;
    const { toolName, input } = piece;
    const isInvalid = piece.dynamic === true && piece.invalid === true;
    const isUnknown = isInvalid && NoSuchToolError.isInstance(piece.error);
    this.#calls.push({
      tool: toolName.slice(0, 200),
      input,
      refused: isInvalid ? (isUnknown ? 'unknown-tool' : 'bad-input') : undefined,
    });
    this.#isCut = this.#calls.length >= this.request.callsMax;
    return true;
  }

  /** Nobody wants what a tool would have brought. */
  #cut(): ModelAnswer {
    return { ok: true, text: this.#text, calls: [], usage: this.#spent(), isCut: true };
  }

  #answer(): ModelAnswer {
    return { ok: true, text: this.#text, calls: this.#calls, usage: this.#spent(), isCut: this.#isCut };
  }

  #spent(): Usage {
    const input = this.#usage?.inputTokens;
    const output = this.#usage?.outputTokens;
    const written = JSON.stringify(this.request.messages).length + this.request.system.length;
    return {
      inputTokens: sane(input) ?? estimate(written),
      outputTokens: sane(output) ?? estimate(this.#text.length + this.#hidden),
      isEstimated: sane(input) === null || sane(output) === null,
    };
  }
}

const sane = (tokens: number | undefined): number | null =>
  tokens !== undefined && Number.isFinite(tokens) && tokens >= 0 ? Math.min(tokens, tokensMax) : null;

/** About four signs of text are a token. */
const estimate = (signs: number): number => Math.ceil(signs / 4);

/** The value, or what came before it: its time was up, or the turn's. */
async function within<T>(work: Promise<T>, ms: number, signal: AbortSignal): Promise<T | 'late' | 'aborted'> {
  // Whoever is late may still fail; nobody waits for that.
  work.catch(() => undefined);
  let timer: NodeJS.Timeout | undefined;
  let stop = (): void => undefined;
  const late = new Promise<'late' | 'aborted'>((resolve) => {
    stop = () => resolve('aborted');
    timer = setTimeout(() => resolve('late'), Math.max(0, ms));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}

/** A short code for whatever a provider's library throws. */
function reasonOf(thrown: unknown, signal: AbortSignal): FailureReason {
  if (signal.aborted) return 'out-of-time';
  const status = APICallError.isInstance(thrown) ? thrown.statusCode : undefined;
  if (status === 401 || status === 403) return 'credentials';
  if (status === 429) return 'throttled';
  if (status !== undefined && status >= 400 && status < 500) return 'refused';
  return toFault(thrown).code === 'state/not-found' ? 'credentials' : 'down';
}
