import { parentPort } from 'node:worker_threads';
import { isFault } from '#libs/faults';
import type { DecodedEvent } from '../connector.js';
import { parseMail } from '../shared/mail/mail.js';
import type { Answer, Job, PackedEvent, Question, Result, Task } from './apart.js';
import { decode } from './decode.js';
import type { EmailSettings } from './manifest.js';
import { readMail } from './read-mail.js';
import { fileOfStored } from './stored-file.js';
import { trustOfHeaders } from './trust.js';

// What runs in the thread of `apart.ts`: reading, and nothing else.

async function answerTo({ id, task }: Question): Promise<Answer> {
  try {
    return { id, result: await resultOf(task) };
  } catch (thrown) {
    return isFault(thrown)
      ? { id, code: thrown.code, detail: thrown.detail }
      : { id, code: 'internal/bug', detail: String(thrown).slice(0, 500) };
  }
}

async function resultOf(task: Task): Promise<Result> {
  switch (task.kind) {
    case 'verify': {
      // Only the thread that verifies pays for what it takes.
      const { verifyTrust } = await import('./verify-trust.js');
      return { kind: 'verify', trust: await verifyTrust(Buffer.from(task.raw), task.received) };
    }
    case 'file':
      return { kind: 'file', file: fileOfStored(task.raw, task.number) };
    case 'read': {
      const { events, reply } = read(task.job, task.settings as EmailSettings);
      const given = task.job.kind === 'hook' ? task.job.request.body : task.job.raw;
      return { kind: 'read', events: events.map((one) => pack(one, given)), reply };
    }
  }
}

function read(job: Job, settings: EmailSettings) {
  if (job.kind === 'hook') return decode(job.request, settings);
  const mail = parseMail(job.raw);
  const trust = job.trust ?? trustOfHeaders(mail, settings.authserv_id);
  return { events: readMail({ ...job, mail, trust }, settings), reply: { status: 200 } };
}

/** What was given is not sent back; other bytes are copied out of what they are a part of. */
function pack({ event, raw }: DecodedEvent, given: Uint8Array): PackedEvent {
  const isGiven = raw.buffer === given.buffer && raw.length === given.length;
  return { event, raw: isGiven ? null : new Uint8Array(raw) };
}

/** Bytes that move over instead of being copied. */
function movable({ result }: { result: Result }): ArrayBuffer[] {
  if (result.kind === 'read') return result.events.flatMap(({ raw }) => (raw ? [raw.buffer] : []));
  return result.kind === 'file' && result.file ? [result.file.bytes.buffer as ArrayBuffer] : [];
}

async function tell(question: Question): Promise<void> {
  const answer = await answerTo(question);
  parentPort?.postMessage(answer, 'result' in answer ? movable(answer) : []);
}

parentPort?.on('message', (question: Question) => void tell(question));
