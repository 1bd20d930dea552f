import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { fault, type FaultCode } from '#libs/faults';
import type { InboundEvent } from '#libs/model';
import type { Decoded, HookReply, HookRequest } from '../connector.js';
import type { EmailSettings } from './manifest.js';
import type { ArrivedMail } from './read-mail.js';

/** What is read in the thread: a request of a provider, or a mail as it came. */
export type Job = { kind: 'hook'; request: HookRequest } | ({ kind: 'mail' } & Omit<ArrivedMail, 'mail'>);
export interface Question {
  id: number;
  ask: { job: Job; settings: unknown };
}
/** An event on its way back: null stands for the bytes that were given. */
export interface PackedEvent {
  event: InboundEvent;
  raw: Uint8Array<ArrayBuffer> | null;
}
export type Answer =
  { id: number; events: PackedEvent[]; reply: HookReply } | { id: number; code: FaultCode; detail: string };

/** No mail needs longer; what does is hostile. */
const JOB_MS = 10_000;
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
  read(job: Job, settings: EmailSettings): Promise<Decoded> {
    const done = this.#last.then(() => this.#ask(job, settings));
    this.#last = done.catch(() => undefined);
    return done;
  }

  #ask(job: Job, settings: EmailSettings): Promise<Decoded> {
    const worker = (this.#worker ??= startThread());
    const id = ++this.#ids;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => end(tooHeavy('longer than 10 seconds')), JOB_MS);
      const onMessage = (answer: Answer): void => {
        if (answer.id !== id) return;
        finish();
        if ('events' in answer) resolve(unpack(answer, bytesOf(job)));
        else reject(fault(answer.code, { detail: answer.detail }));
      };
      const onEnd = (): void => end(tooHeavy('more memory than it may'));
      const finish = (): void => {
        clearTimeout(timer);
        worker.off('message', onMessage).off('error', onEnd).off('exit', onEnd);
      };
      const end = (error: Error): void => {
        finish();
        this.#worker = null;
        worker.on('error', () => undefined);
        void worker.terminate();
        reject(error);
      };
      worker.on('message', onMessage).on('error', onEnd).on('exit', onEnd);
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origin
      worker.postMessage({ id, ask: { job, settings } } satisfies Question);
    });
  }
}

const tooHeavy = (what: string): Error =>
  fault('input/invalid', { detail: `Reading the mail took ${what}.` });

const bytesOf = (job: Job): Uint8Array => (job.kind === 'hook' ? job.request.body : job.raw);

function unpack({ events, reply }: Extract<Answer, { events: unknown }>, given: Uint8Array): Decoded {
  return { events: events.map(({ event, raw }) => ({ event, raw: raw ?? given })), reply };
}

function startThread(): Worker {
  const worker = new Worker(threadFile(), {
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB, maxYoungGenerationSizeMb: 32 },
    stdout: true,
    stderr: true,
  });
  worker.unref();
  return worker;
}

/** Beside this file once compiled; tests that run the sources use what was compiled last. */
function threadFile(): string {
  const beside = fileURLToPath(new URL('./mail-thread.js', import.meta.url));
  const root = path.resolve(path.dirname(beside), '../../../..');
  return existsSync(beside) ? beside : path.join(root, 'dist', path.relative(root, beside));
}
