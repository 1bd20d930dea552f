import { isMedia, mediaIdOf, mediaUrlOf, uuidOf, type Content, type InboxEventId } from '#libs/model';
import { idOfOperation, type NewFetch, type OperationId } from '#libs/store';

/** Contents whose files have names of ours, and what is to be fetched under those. */
export interface NamedMedia {
  contents: Content[];
  fetches: Pick<NewFetch, 'mediaId' | 'source' | 'declaredType' | 'fileName'>[];
}

/**
 * Gives every file of an event a name of ours, so that the message can be written before the file is there. Pure: the
 * same event gives the same names. Files that are stored already keep theirs, and addresses without TLS stay as they are.
 */
export function nameMedia(contents: readonly Content[], inboxEventId: InboxEventId): NamedMedia {
  const named: NamedMedia = { contents: [], fetches: [] };
  for (const [at, content] of contents.entries()) {
    if (!isMedia(content) || !isElsewhere(content.url)) {
      named.contents.push(content);
      continue;
    }
    const mediaId = idOfOperation('media', uuidOf(inboxEventId) as OperationId, String(at));
    named.contents.push({ ...content, url: mediaUrlOf(mediaId) });
    named.fetches.push({
      mediaId,
      source: content.url,
      declaredType: content.mime_type ?? null,
      fileName: content.file_name ?? null,
    });
  }
  return named;
}

function isElsewhere(url: string): boolean {
  return url.startsWith('https://') || (url.startsWith('media:') && mediaIdOf(url) === null);
}
