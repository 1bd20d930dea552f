import { z } from 'zod';
import type { Content } from './content.js';
import { isId, MediaId } from './ids.js';

/** Content that is a file. */
export type MediaContent = Extract<Content, { type: 'image' | 'audio' | 'video' | 'file' }>;

const PREFIX = 'media:';

/** How content names a file that is stored with us. */
export function mediaUrlOf(mediaId: MediaId): `media:${string}` {
  return `${PREFIX}${mediaId}`;
}

/** The stored file that an address names; null for addresses elsewhere and for references of providers. */
export function mediaIdOf(url: string): MediaId | null {
  const id = url.slice(PREFIX.length);
  return url.startsWith(PREFIX) && isId('media', id) ? id : null;
}

/** Whether a piece of content is a file. */
export function isMedia(content: Content): content is MediaContent {
  return ['image', 'audio', 'video', 'file'].includes(content.type);
}

/** Stored files that contents name, pictures of cards included; each once, in reading order. */
export function mediaIdsOf(contents: readonly Content[]): MediaId[] {
  return [...new Set(contents.flatMap(urlsOf).flatMap((url) => mediaIdOf(url) ?? []))];
}

function urlsOf(content: Content): string[] {
  if (isMedia(content)) return [content.url];
  if (content.type === 'card') return content.image_url === undefined ? [] : [content.image_url];
  if (content.type === 'carousel') return content.cards.flatMap(({ image_url }) => image_url ?? []);
  return [];
}

/** What is said of a file that contents name, when they are shown. */
export interface ShownMedia {
  /** Where it can be fetched for a while. */
  link: string;
  status: 'pending' | 'stored' | 'failed';
  reason: string | null;
  mimeType: string | null;
  sizeBytes: number | null;
  fileName: string | null;
}

/** Contents with links instead of the names of stored files; what is not in the map stays as it is. */
export function showMedia(contents: readonly Content[], known: ReadonlyMap<MediaId, ShownMedia>): Content[] {
  const find = (url: string | undefined): ShownMedia | undefined => {
    const id = url === undefined ? null : mediaIdOf(url);
    return id === null ? undefined : known.get(id);
  };
  const withPicture = <Shown extends { image_url?: string | undefined }>(card: Shown): Shown => {
    const found = find(card.image_url);
    return found ? { ...card, image_url: found.link } : card;
  };
  return contents.map((content) => {
    if (content.type === 'card') return withPicture(content);
    if (content.type === 'carousel') return { ...content, cards: content.cards.map(withPicture) };
    if (!isMedia(content)) return content;
    const found = find(content.url);
    return found ? shown(content, found) : content;
  });
}

function shown(content: MediaContent, { link, status, reason, ...file }: ShownMedia): MediaContent {
  return {
    ...content,
    url: link,
    status,
    ...(reason !== null && { reason: reason.slice(0, 500) }),
    ...(file.mimeType !== null && { mime_type: file.mimeType }),
    ...(file.sizeBytes !== null && { size_bytes: file.sizeBytes }),
    ...(file.fileName !== null && { file_name: file.fileName }),
  };
}

/** A file that was taken in, to be named in the parts of a message. */
export const StoredMedia = z
  .object({
    id: MediaId,
    url: z.string().describe('`media:` and the id: the `url` of a part of type image, audio, video or file'),
    link: z.string().describe('Where it can be looked at for an hour'),
    mime_type: z.string().describe('As its bytes say'),
    size_bytes: z.int().nonnegative(),
    file_name: z.string().nullable(),
  })
  .meta({ id: 'StoredMedia' });
export type StoredMedia = z.infer<typeof StoredMedia>;
