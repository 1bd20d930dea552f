import { parentPort } from 'node:worker_threads';
import { isFault } from '#libs/faults';
import { parseMail } from '../shared/mail/mail.js';
import { decode } from './decode.js';
import type { EmailSettings } from './manifest.js';
import type { Answer, Question } from './apart.js';
import { readMail } from './read-mail.js';

// What runs in the thread of `apart.ts`: reading, and nothing else.

function answerTo({ job, settings }: Question['ask'], id: number): Answer {
  try {
    if (job.kind === 'hook') return { id, done: decode(job.request, settings as EmailSettings) };
    const mail = parseMail(job.raw);
    return { id, done: readMail({ ...job, mail }, settings as EmailSettings) };
  } catch (thrown) {
    return isFault(thrown)
      ? { id, code: thrown.code, detail: thrown.detail }
      : { id, code: 'internal/bug', detail: String(thrown).slice(0, 500) };
  }
}

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origin
parentPort?.on('message', ({ id, ask }: Question) => parentPort?.postMessage(answerTo(ask, id)));
