import { Injectable } from '@nestjs/common';
import { fault } from '#libs/faults';
import { MediaDesk } from '#libs/media';
import type { ChannelId, ContactId, MediaId, StoredMedia, WorkspaceId } from '#libs/model';
import { type KnownMedia, Media } from '#libs/store';
import type { FastifyRequest } from 'fastify';
import { uploadedIn } from './uploaded.js';

/** A file that can be given out. */
export type ServedMedia = KnownMedia & { sha256: string; mimeType: string; sizeBytes: number };

/** Takes files in, and finds those that somebody has a link to. */
@Injectable()
export class MediaService {
  constructor(
    private readonly desk: MediaDesk,
    private readonly media: Media,
  ) {}

  /** @throws Fault `input/invalid`, `input/too-large`, `store/unavailable` */
  async take(
    workspaceId: WorkspaceId,
    request: FastifyRequest,
    fileName: string | undefined,
    place: { channelId?: ChannelId; contactId?: ContactId; mediaId?: MediaId | undefined },
  ): Promise<StoredMedia> {
    const file = await uploadedIn(request.body, request.headers['content-type'], fileName);
    return this.desk.add(workspaceId, file, place);
  }

  /**
   * The file of a link.
   *
   * @returns the file, and for how long its link still holds, in milliseconds
   * @throws Fault `access/invalid-signature`, `access/token-expired`; `state/unavailable` while it is being fetched;
   *   `state/gone` when it could not be; `state/not-found`
   */
  async find(
    mediaId: MediaId,
    { expires, signature }: { expires: string; signature: string },
  ): Promise<{ file: ServedMedia; holdsForMs: number }> {
    const now = Date.now();
    const until = this.media.links.verify(mediaId, expires, signature, now);
    const file = await this.media.load(mediaId);
    if (!file) throw fault('state/not-found');
    const { status, sha256, mimeType, sizeBytes, reason } = file;
    if (status === 'pending')
      throw fault('state/unavailable', { detail: 'The file is still being fetched.', retryAfterMs: 2_000 });
    if (status === 'failed' || sha256 === null || mimeType === null || sizeBytes === null)
      throw fault('state/gone', { detail: reason ?? 'The file could not be fetched.' });
    return { file: { ...file, sha256, mimeType, sizeBytes }, holdsForMs: until - now };
  }
}
