import { Injectable } from '@nestjs/common';
import {
  type ChannelId,
  idOf,
  mediaIdsOf,
  type MediaId,
  type Message,
  showMedia,
  type ShownMedia,
  uuidOf,
  type WorkspaceId,
} from '#libs/model';
import type { Media as MediaRow } from '#prisma/client';
import { Database } from '../database.js';
import { MediaLinks } from '../sealing/media-links.js';

/** A file: what is known of it, not its bytes. */
export interface KnownMedia {
  workspaceId: WorkspaceId;
  mediaId: MediaId;
  status: ShownMedia['status'];
  /** Why it failed; null otherwise. */
  reason: string | null;
  /** SHA-256 of its bytes in hexadecimal, by which they are kept; null until it is stored. */
  sha256: string | null;
  /** As its bytes say; null until it is stored. */
  mimeType: string | null;
  sizeBytes: number | null;
  fileName: string | null;
}

/** A file whose bytes are kept already. */
export interface NewMedia {
  channelId: ChannelId | null;
  sha256: string;
  mimeType: string;
  sizeBytes: number;
  fileName: string | null;
  declaredType: string | null;
  /** For a write that may be repeated: the same id is the same file. */
  mediaId: MediaId;
}

interface FoundRow extends Record<string, unknown> {
  workspace_id: string | null;
}

/** The files of workspaces, by what is known of them. */
@Injectable()
export class Media {
  constructor(
    private readonly database: Database,
    readonly links: MediaLinks,
  ) {}

  /** Writes down a file that was handed to us; one with this id that is there already stays. */
  async add(workspaceId: WorkspaceId, input: NewMedia): Promise<void> {
    const { mediaId, channelId, ...file } = input;
    await this.database.withWorkspace(workspaceId, (tx) =>
      tx.media.createMany({
        data: {
          workspaceId: uuidOf(workspaceId),
          id: uuidOf(mediaId),
          channelId: channelId && uuidOf(channelId),
          status: 'stored',
          storedAt: new Date(),
          ...file,
        },
        skipDuplicates: true,
      }),
    );
  }

  /** A file of this workspace; null when it has none of that id. */
  async find(workspaceId: WorkspaceId, mediaId: MediaId): Promise<KnownMedia | null> {
    return (await this.#known(workspaceId, [mediaId]))[0] ?? null;
  }

  /** A file of whatever workspace, for who has a link to it. */
  async load(mediaId: MediaId): Promise<KnownMedia | null> {
    const [row] = await this.database.run<FoundRow>(
      'media-workspace',
      'select media_workspace($1) as workspace_id',
      [uuidOf(mediaId)],
    );
    return row?.workspace_id ? this.find(idOf('workspace', row.workspace_id), mediaId) : null;
  }

  /** Messages as people may see them: links in the place of stored files, and how far each file is. */
  async show<Shown extends Pick<Message, 'parts'>>(
    workspaceId: WorkspaceId,
    messages: readonly Shown[],
  ): Promise<Shown[]> {
    const ids = [...new Set(messages.flatMap(({ parts }) => mediaIdsOf(parts)))];
    if (ids.length === 0) return [...messages];
    const found = await this.#known(workspaceId, ids);
    const now = Date.now();
    const known = new Map(
      found.map((file) => [file.mediaId, { ...file, link: this.links.make(file.mediaId, now) }]),
    );
    return messages.map((message) => ({ ...message, parts: showMedia(message.parts, known) }));
  }

  async #known(workspaceId: WorkspaceId, ids: readonly MediaId[]): Promise<KnownMedia[]> {
    const rows = await this.database.withWorkspace(workspaceId, (tx) =>
      tx.media.findMany({ where: { workspaceId: uuidOf(workspaceId), id: { in: ids.map(uuidOf) } } }),
    );
    return rows.map(mediaOf);
  }
}

function mediaOf(row: MediaRow): KnownMedia {
  return {
    workspaceId: idOf('workspace', row.workspaceId),
    mediaId: idOf('media', row.id),
    status: row.status as KnownMedia['status'],
    reason: row.reason,
    sha256: row.sha256,
    mimeType: row.mimeType,
    sizeBytes: row.sizeBytes,
    fileName: row.fileName,
  };
}
