import { parentPort } from 'node:worker_threads';
import { isFault } from '#libs/faults';
import type { DecodedEvent } from '../connector.js';
import { parseMail } from '../shared/mail/mail.js';
import type { Answer, Job, PackedEvent, Question } from './apart.js';
import { decode } from './decode.js';
import type { EmailSettings } from './manifest.js';
import { readMail } from './read-mail.js';

// What runs in the thread of `apart.ts`: reading, and nothing else.

function answerTo({ id, ask }: Question): Answer {
  const settings = ask.settings as EmailSettings;
  try {
    const { events, reply } = read(ask.job, settings);
    const given = ask.job.kind === 'hook' ? ask.job.request.body : ask.job.raw;
    return { id, events: events.map((one) => pack(one, given)), reply };
  } catch (thrown) {
    return isFault(thrown)
      ? { id, code: thrown.code, detail: thrown.detail }
      : { id, code: 'internal/bug', detail: String(thrown).slice(0, 500) };
  }
}

function read(job: Job, settings: EmailSettings) {
  if (job.kind === 'hook') return decode(job.request, settings);
  return { events: readMail({ ...job, mail: parseMail(job.raw) }, settings), reply: { status: 200 } };
}

/** What was given is not sent back; other bytes are copied out of what they are a part of. */
function pack({ event, raw }: DecodedEvent, given: Uint8Array): PackedEvent {
  const isGiven = raw.buffer === given.buffer && raw.length === given.length;
  return { event, raw: isGiven ? null : new Uint8Array(raw) };
}

parentPort?.on('message', (question: Question) => {
  const answer = answerTo(question);
  const bytes = 'events' in answer ? answer.events.flatMap(({ raw }) => (raw ? [raw.buffer] : [])) : [];
  parentPort?.postMessage(answer, bytes);
});
