import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { CallOutcome } from '#libs/bot';
import type { Json, JsonObject } from '#libs/model';

const NAME = /^[a-z][a-z0-9_-]{0,63}$/;
const VALUE_CHARACTERS_MAX = 100_000;
const MEMORY_MB = 128;

/** In a thread of its own: a hook that loops for ever, or takes all memory, ends alone. */
const THREAD = `
const { parentPort, workerData } = require('node:worker_threads');
import(workerData.url)
  .then((hook) => hook.default(workerData.input, workerData.about))
  .then((value) => parentPort.postMessage(JSON.stringify(value ?? null)))
  .catch(() => process.exit(1));
`;

/** What a hook is told beside its input. */
export interface HookSubject {
  workspaceId: string;
  conversationId: string;
  contactId: string;
  /** The same when the call is repeated: what must not happen twice is keyed by it. */
  callId: string;
}

/**
 * Runs a function of the installation's own: the default export of `<folder>/<name>.mjs`, with `(input, subject)`.
 *
 * Never throws. Codes: `no-hook`, `failed`, `timeout`, `too-large`.
 *
 * @param timeoutMs  then its thread is ended
 */
export function runHook(
  folder: string,
  name: string,
  input: JsonObject,
  about: HookSubject,
  timeoutMs: number,
): Promise<CallOutcome> {
  const file = path.join(folder, `${name}.mjs`);
  if (!NAME.test(name) || !existsSync(file)) return Promise.resolve({ ok: false, code: 'no-hook' });
  return new Promise((resolve) => {
    const thread = new Worker(THREAD, {
      eval: true,
      workerData: { url: pathToFileURL(file).href, input, about: { ...about } },
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
      env: {}, // the secrets of the installation are not the hook's
    });
    const end = (outcome: CallOutcome): void => {
      clearTimeout(timer);
      void thread.terminate();
      resolve(outcome);
    };
    const timer = setTimeout(() => end({ ok: false, code: 'timeout' }), timeoutMs);
    thread.once('message', (said: unknown) => end(outcomeOf(said)));
    thread.once('error', () => end({ ok: false, code: 'failed' }));
    thread.once('exit', () => end({ ok: false, code: 'failed' }));
  });
}

/** What a hook has said; it can write to us itself, so anything may come. */
function outcomeOf(said: unknown): CallOutcome {
  if (typeof said !== 'string') return { ok: false, code: 'failed' };
  if (said.length > VALUE_CHARACTERS_MAX) return { ok: false, code: 'too-large' };
  try {
    return { ok: true, value: JSON.parse(said) as Json };
  } catch {
    return { ok: false, code: 'failed' };
  }
}
