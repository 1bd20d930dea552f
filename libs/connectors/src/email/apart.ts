import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { fault, type FaultCode } from '#libs/faults';
import type { InboundEvent } from '#libs/model';
import type { FetchedMedia } from '../connection.js';
import type { Decoded, HookReply, HookRequest } from '../connector.js';
import type { EmailSettings } from './manifest.js';
import type { ArrivedMail } from './read-mail.js';
import { UNKNOWN, type Trust } from './trust.js';
import type { Received } from './verify-trust.js';

/** A mail as it came; `trust` is null where our own server's header is to be believed (`authserv_id`). */
export type MailJob = Omit<ArrivedMail, 'mail' | 'trust'> & { trust: Trust | null };
/** What is read in the thread: a request of a provider, or a mail as it came. */
export type Job = { kind: 'hook'; request: HookRequest } | ({ kind: 'mail' } & MailJob);
/** Everything that the thread does. */
export type Task =
  | { kind: 'read'; job: Job; settings: unknown }
  | { kind: 'verify'; raw: Uint8Array; received: Received | null }
  | { kind: 'file'; raw: Uint8Array; number: number };
export interface Question {
  id: number;
  task: Task;
}
/** An event on its way back: null stands for the bytes that were given. */
export interface PackedEvent {
  event: InboundEvent;
  raw: Uint8Array<ArrayBuffer> | null;
}
export type Result =
  | { kind: 'read'; events: PackedEvent[]; reply: HookReply }
  | { kind: 'verify'; trust: Trust }
  | { kind: 'file'; file: FetchedMedia | null };
export type Answer = { id: number } & ({ result: Result } | { code: FaultCode; detail: string });

/** No mail needs longer; what does is hostile. */
const JOB_MS = 10_000;
/** Looking names up takes its time as well. */
const VERIFY_MS = 12_000;
const HEAP_MB = 256;

/**
 * A thread that reads mails, so that none of any shape holds up anything else or takes the process along. It begins with the
 * first mail, and is begun anew after a mail that takes too long or too much memory.
 */
export class MailReader {
  #worker: Worker | null = null;
  #ids = 0;
  #last: Promise<unknown> = Promise.resolve();

  /**
   * One mail after the other.
   *
   * @throws Fault `input/invalid` for a mail that cannot be read within the limits
   */
  async read(job: Job, settings: EmailSettings): Promise<Decoded> {
    const result = await this.#inTurn({ kind: 'read', job, settings });
    if (result.kind !== 'read') throw tooHeavy('a wrong turn');
    const given = job.kind === 'hook' ? job.request.body : job.raw;
    return {
      events: result.events.map(({ event, raw }) => ({ event, raw: raw ?? given })),
      reply: result.reply,
    };
  }

  /**
   * A file of a mail, of a form or of JSON; null when there is none of this number.
   *
   * @throws Fault `input/invalid` as above
   */
  async file(raw: Uint8Array, number: number): Promise<FetchedMedia | null> {
    const result = await this.#inTurn({ kind: 'file', raw, number });
    return result.kind === 'file' ? result.file : null;
  }

  /** Who really sent a mail, several at a time, for that is waiting for the DNS; unknown for what is too much. Never throws. */
  async verify(raw: Uint8Array, received: Received | null): Promise<Trust> {
    const result = await this.#ask({ kind: 'verify', raw, received }, VERIFY_MS).catch(() => null);
    return result?.kind === 'verify' ? result.trust : UNKNOWN;
  }

  #inTurn(task: Task): Promise<Result> {
    const done = this.#last.then(() => this.#ask(task, JOB_MS));
    this.#last = done.catch(() => undefined);
    return done;
  }

  #ask(task: Task, withinMs: number): Promise<Result> {
    const worker = (this.#worker ??= startThread());
    const id = ++this.#ids;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => end(tooHeavy('too long')), withinMs);
      const onMessage = (answer: Answer): void => {
        if (answer.id !== id) return;
        finish();
        if ('result' in answer) resolve(answer.result);
        else reject(fault(answer.code, { detail: answer.detail }));
      };
      const onEnd = (): void => end(tooHeavy('more memory than it may'));
      const finish = (): void => {
        clearTimeout(timer);
        worker.off('message', onMessage).off('error', onEnd).off('exit', onEnd);
      };
      const end = (error: Error): void => {
        finish();
        if (this.#worker === worker) this.#worker = null;
        worker.on('error', () => undefined);
        void worker.terminate();
        reject(error);
      };
      worker.on('message', onMessage).on('error', onEnd).on('exit', onEnd);
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origin
      worker.postMessage({ id, task } satisfies Question);
    });
  }
}

/** Checks signatures, in a thread of its own: what a hostile mail costs there, no reading pays. */
export const verifier = new MailReader();

const tooHeavy = (what: string): Error =>
  fault('input/invalid', { detail: `Reading the mail took ${what}.` });

function startThread(): Worker {
  const worker = new Worker(threadFile(), {
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB, maxYoungGenerationSizeMb: 32 },
    stdout: true,
    stderr: true,
  });
  worker.setMaxListeners(0); // one for each mail that is verified at the same time
  worker.unref();
  return worker;
}

/** Beside this file once compiled; tests that run the sources use what was compiled last. */
function threadFile(): string {
  const beside = fileURLToPath(new URL('./mail-thread.js', import.meta.url));
  const root = path.resolve(path.dirname(beside), '../../../..');
  return existsSync(beside) ? beside : path.join(root, 'dist', path.relative(root, beside));
}
