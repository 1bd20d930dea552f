import { useState } from 'react';
import type { Content, StoredMedia } from '#libs/model';
import { call } from '../api/call.js';
import { useDraftOf } from './drafts.js';

/** Files on their way to the server. */
export interface Uploads {
  /** Of those that are not there yet. */
  names: readonly string[];
  error: unknown;
  add: (files: FileList) => void;
}

/** Uploads files and puts them into the draft of a conversation. */
export function useUploads(conversationId: string): Uploads {
  const [draft, change] = useDraftOf(conversationId);
  const [names, setNames] = useState<readonly string[]>([]);
  const [error, setError] = useState<unknown>(null);
  const add = async (files: FileList): Promise<void> => {
    setError(null);
    const chosen = [...files];
    setNames(chosen.map(({ name }) => name));
    const stored = await Promise.allSettled(chosen.map(upload));
    setNames([]);
    const failed = stored.find((one) => one.status === 'rejected');
    if (failed) setError(failed.reason);
    const parts = stored.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    change({ tab: 'reply', parts: [...draft.parts, ...parts] });
  };
  return { names, error, add: (files) => void add(files) };
}

async function upload(file: File): Promise<Content> {
  const stored = await call<StoredMedia>('POST', '/v1/media', {
    body: file,
    query: { file_name: file.name },
    headers: { 'content-type': 'application/octet-stream' },
  });
  const kind = stored.mime_type.split('/')[0];
  const type = kind === 'image' || kind === 'audio' || kind === 'video' ? kind : 'file';
  const { url, mime_type, size_bytes } = stored;
  return { type, url, mime_type, size_bytes, file_name: file.name };
}
