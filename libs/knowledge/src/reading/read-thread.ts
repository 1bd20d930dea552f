import { parentPort, workerData } from 'node:worker_threads';
import { isFault } from '#libs/faults';
import type { Readable } from './document.js';
import { readDocument } from './read-document.js';
import type { Told } from './reading-room.js';

// What runs in the thread of `reading-room.ts`: one document, and nothing else.

async function told(): Promise<Told> {
  try {
    return { document: await readDocument(workerData as Readable) };
  } catch (thrown) {
    if (isFault(thrown)) return { code: thrown.code, detail: thrown.detail };
    // A parser that stumbles has met a document that it cannot read; whatever it says may hold pieces of it.
    return { code: 'input/unreadable', detail: 'The document is broken: it could not be read to its end.' };
  }
}

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origin
parentPort?.postMessage(await told());
