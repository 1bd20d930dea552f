import { fork, type ChildProcess } from 'node:child_process';
import { fault } from '#libs/faults';
import { FromChild, type Call, type ToChild } from './protocol.js';

/** How long a child may take to end in order before it is killed. */
const END_WITHIN_MS = 8_000;

/** Why a call was refused by the child: nothing went out. */
export interface CallRefusal {
  refused: string;
  words: string;
}

interface Waiting {
  resolve(outcome: { value: unknown } | CallRefusal): void;
  reject(error: Error): void;
}

/** The child process of one channel, and the calls to it. Every call has an end: an answer, a refusal, its signal, or the child's death. */
export class WhatsAppChild {
  /** Resolves with the reason when the process is gone; never rejects. */
  readonly ended: Promise<string>;
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  #calls = 0;
  #reason = '';
  #isGone = false;

  /**
   * @param file  the compiled `child.js`
   * @param unreadable  called for what is none of the agreed messages
   */
  constructor(file: string, hear: (told: FromChild) => void, unreadable: () => void) {
    this.#process = fork(file, {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: [],
      serialization: 'json',
    });
    this.#process.stderr?.resume(); // Chromium and the library talk; what matters is told
    this.#process.on('message', (raw) => {
      const parsed = FromChild.safeParse(raw);
      if (!parsed.success) return unreadable();
      if (parsed.data.tell === 'ended') this.#reason ||= parsed.data.reason;
      this.#settle(parsed.data);
      hear(parsed.data);
    });
    this.ended = new Promise((resolve) => {
      const gone = (why: string): void => {
        this.#isGone = true;
        this.#failAll();
        resolve(this.#reason || why);
      };
      this.#process.once('error', (error) => gone(`The child did not start: ${error.message}`));
      this.#process.once('exit', (code, signal) => gone(`The child ended (${signal ?? code}).`));
    });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  send(message: ToChild): void {
    if (!this.#isGone && this.#process.connected) this.#process.send(message, () => undefined);
  }

  /**
   * @throws Fault `channel/outcome-unknown` when the signal aborts or the child dies before it answers
   */
  call(what: Call, signal: AbortSignal): Promise<{ value: unknown } | CallRefusal> {
    if (this.#isGone) return Promise.resolve({ refused: 'not-ready', words: 'The browser is not there.' });
    const call = ++this.#calls;
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        this.#waiting.delete(call);
        reject(fault('channel/outcome-unknown', { detail: 'WhatsApp Web gave no answer in time.' }));
      };
      signal.addEventListener('abort', giveUp, { once: true });
      const done = (settle: () => void): void => {
        signal.removeEventListener('abort', giveUp);
        settle();
      };
      this.#waiting.set(call, {
        resolve: (outcome) => done(() => resolve(outcome)),
        reject: (error) => done(() => reject(error)),
      });
      if (signal.aborted) giveUp();
      else this.send({ tell: 'call', call, what });
    });
  }

  /** Asks it to end, and kills it when it does not. */
  async close(): Promise<void> {
    this.send({ tell: 'close' });
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), END_WITHIN_MS);
    await this.ended;
    clearTimeout(timer);
  }

  #settle(told: FromChild): void {
    if (told.tell !== 'answer' && told.tell !== 'refusal') return;
    const waiting = this.#waiting.get(told.call);
    this.#waiting.delete(told.call);
    waiting?.resolve(
      told.tell === 'answer' ? { value: told.value } : { refused: told.why, words: told.words },
    );
  }

  #failAll(): void {
    for (const waiting of this.#waiting.values()) {
      waiting.reject(fault('channel/outcome-unknown', { detail: 'The browser ended during the call.' }));
    }
    this.#waiting.clear();
  }
}
