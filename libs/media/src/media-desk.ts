import { createHash } from 'node:crypto';
import type { EgressFetch, FetchedMedia } from '#libs/connectors';
import { fault } from '#libs/faults';
import {
  type ChannelId,
  type ContactId,
  mediaIdOf,
  type MediaId,
  mediaUrlOf,
  newId,
  type StoredMedia,
  type WorkspaceId,
} from '#libs/model';
import { type KnownMedia, Media } from '#libs/store';
import { fetchFile } from './fetch-file.js';
import type { MediaFiles } from './media-files.js';
import { sniff } from './sniff.js';

const FILE_NAME_MAX = 255;

/** Bytes that are kept, and what they turned out to be. */
export interface KeptBytes {
  sha256: string;
  mimeType: string;
  sizeBytes: number;
}

/** Takes files in, and gives them out to whoever sends them on. */
export class MediaDesk {
  /** @param bytesMax  largest file */
  constructor(
    private readonly media: Media,
    private readonly files: MediaFiles,
    readonly bytesMax: number,
  ) {}

  /**
   * Keeps the bytes of a file, sealed.
   *
   * @param contactId  the person they came from; null when they came from nobody in particular
   * @throws Fault `input/too-large`; `input/invalid` for an empty file; `store/unavailable`; `state/gone` when that
   *   person was erased
   */
  async keep(
    workspaceId: WorkspaceId,
    bytes: Uint8Array,
    declaredType: string | null,
    contactId: ContactId | null,
  ): Promise<KeptBytes> {
    const sizeBytes = bytes.byteLength;
    if (sizeBytes === 0) throw fault('input/invalid', { detail: 'The file is empty.' });
    if (sizeBytes > this.bytesMax) throw this.tooLarge();
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const mimeType = await sniff(bytes, declaredType);
    await this.files.put(workspaceId, sha256, bytes, contactId);
    return { sha256, mimeType, sizeBytes };
  }

  /**
   * Takes in a file that somebody hands to us.
   *
   * @param mediaId  for a write that may be repeated
   * @throws what `keep` throws
   */
  async add(
    workspaceId: WorkspaceId,
    {
      bytes,
      mimeType: declaredType = null,
      fileName = null,
    }: { bytes: Uint8Array; mimeType?: string | null; fileName?: string | null },
    {
      channelId = null,
      contactId = null,
      mediaId = newId('media'),
    }: { channelId?: ChannelId | null; contactId?: ContactId | null; mediaId?: MediaId | undefined } = {},
  ): Promise<StoredMedia> {
    const kept = await this.keep(workspaceId, bytes, declaredType, contactId);
    const name = fileName && plainName(fileName);
    await this.media.add(workspaceId, { ...kept, mediaId, channelId, declaredType, fileName: name });
    return {
      id: mediaId,
      url: mediaUrlOf(mediaId),
      link: this.media.links.make(mediaId, Date.now()),
      mime_type: kept.mimeType,
      size_bytes: kept.sizeBytes,
      file_name: name,
    };
  }

  /**
   * An address under which the provider can fetch a file for at least an hour. Public addresses stay what they are.
   *
   * @throws Fault `channel/rejected` for a file that there is not, `channel/unreachable` for one that is still being fetched
   */
  async linkTo(workspaceId: WorkspaceId, mediaUrl: string): Promise<string> {
    if (!mediaUrl.startsWith('media:')) return mediaUrl;
    const { mediaId } = await this.#stored(workspaceId, mediaUrl);
    return this.media.links.make(mediaId, Date.now());
  }

  /**
   * The bytes of a file by its `media:` or public address.
   *
   * @throws Fault `channel/rejected` for a file that there is not, or that is larger; `channel/unreachable` when it may be
   *   there later
   */
  async read(
    workspaceId: WorkspaceId,
    mediaUrl: string,
    maxBytes: number,
    egress: EgressFetch,
  ): Promise<FetchedMedia> {
    if (!mediaUrl.startsWith('media:')) return fetchFile(mediaUrl, egress, { maxBytes });
    const file = await this.#stored(workspaceId, mediaUrl);
    if (file.sizeBytes > maxBytes) {
      throw fault('channel/rejected', {
        detail: `The file has ${file.sizeBytes} bytes, and at most ${maxBytes} fit here.`,
      });
    }
    const bytes = await this.files.read(workspaceId, file.sha256).catch((cause: unknown) => {
      throw fault('channel/rejected', { detail: 'The file is not kept any more.', cause });
    });
    return { bytes, mimeType: file.mimeType, ...(file.fileName !== null && { fileName: file.fileName }) };
  }

  /** The fault of a file that is larger than what is taken. */
  tooLarge() {
    return fault('input/too-large', {
      detail: `A file may have ${this.bytesMax} bytes; an operator can raise that with PARLEY_MEDIA_MAX.`,
    });
  }

  async #stored(workspaceId: WorkspaceId, mediaUrl: string): Promise<StoredFile> {
    const mediaId = mediaIdOf(mediaUrl);
    const file = mediaId && (await this.media.find(workspaceId, mediaId));
    if (!file) throw fault('channel/rejected', { detail: 'There is no such file.' });
    return requireStored(file);
  }
}

/** A file whose bytes are kept. */
export type StoredFile = KnownMedia & { sha256: string; mimeType: string; sizeBytes: number };

function requireStored(file: KnownMedia): StoredFile {
  const { sha256, mimeType, sizeBytes } = file;
  if (file.status === 'pending')
    throw fault('channel/unreachable', { detail: 'The file is still being fetched.' });
  if (file.status === 'failed' || sha256 === null || mimeType === null || sizeBytes === null) {
    throw fault('channel/rejected', {
      detail: `The file could not be fetched: ${file.reason ?? 'nobody knows why'}`,
    });
  }
  return { ...file, sha256, mimeType, sizeBytes };
}

/** A name without folders and control characters, no longer than a file system takes. */
function plainName(name: string): string | null {
  const last = name.split(/[/\\]/).at(-1)!;
  // oxlint-disable-next-line no-control-regex -- these are what must not stand in a name
  const plain = last.replaceAll(/[\u0000-\u001f\u007f]/g, '').trim();
  return plain === '' ? null : plain.slice(-FILE_NAME_MAX);
}
