import { signal } from '@preact/signals';
import type { Content, StoredMedia } from '#libs/model';
import type { Chat } from './chat.js';
import { newId } from './kept.js';
import { Refused } from './server.js';

/** A file that waits in the composer. */
export interface Upload {
  id: string;
  file: File;
  state: 'uploading' | 'ready' | 'failed';
  media: StoredMedia | null;
  /** Why the server does not take it; null when it did not answer. */
  refused: Refused | null;
  stop: AbortController;
}

const FILES_MAX = 10;

/** The files that a visitor has picked, pasted or dropped and not said yet. */
export class Uploads {
  readonly all = signal<readonly Upload[]>([]);

  constructor(private readonly chat: Chat) {}

  /** Takes files, and hands them in at once. */
  add(files: Iterable<File>): void {
    const room = FILES_MAX - this.all.value.length;
    for (const file of [...files].slice(0, room)) {
      const upload: Upload = {
        id: newId(),
        file,
        state: 'uploading',
        media: null,
        refused: null,
        stop: new AbortController(),
      };
      this.all.value = [...this.all.value, upload];
      void this.send(upload);
    }
  }

  /** Hands a file in, perhaps once more. */
  async send({ id, file, stop }: Upload): Promise<void> {
    this.#change(id, { state: 'uploading' });
    try {
      const media = await this.chat.server.upload(this.chat.token ?? '', file, stop.signal);
      this.#change(id, { state: 'ready', media });
    } catch (error) {
      this.#change(id, { state: 'failed', refused: error instanceof Refused ? error : null });
    }
  }

  remove({ id, stop }: Upload): void {
    stop.abort();
    this.all.value = this.all.value.filter((each) => each.id !== id);
  }

  /** What is ready, as pieces of a message; they are no longer here then. */
  take(): Content[] {
    const ready = this.all.value.filter(({ state }) => state === 'ready');
    this.all.value = this.all.value.filter(({ state }) => state !== 'ready');
    return ready.flatMap(({ media, file }) => (media ? [pieceOf(media, file)] : []));
  }

  #change(id: string, change: Partial<Upload>): void {
    this.all.value = this.all.value.map((each) => (each.id === id ? { ...each, ...change } : each));
  }
}

function pieceOf({ url, mime_type, size_bytes, file_name }: StoredMedia, file: File): Content {
  // The bytes of a sound in a WebM or MP4 file begin like those of a video: only the browser knows better.
  const isSound = mime_type.startsWith('video/') && file.type.startsWith('audio/');
  const known = isSound ? file.type : mime_type;
  const kind = (['image', 'audio', 'video'] as const).find((each) => known.startsWith(`${each}/`));
  return { type: kind ?? 'file', url, mime_type, size_bytes, ...(file_name !== null && { file_name }) };
}
