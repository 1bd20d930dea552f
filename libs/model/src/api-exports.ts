import { z } from 'zod';
import { listOf } from './api.js';
import { ExportId } from './ids.js';

const instant = z.iso.datetime().describe('RFC 3339, UTC');

export const CreateExport = z
  .strictObject({
    include_media: z.boolean().default(true).describe('Whether the bytes of files come along'),
  })
  .meta({ id: 'CreateExport' });
export type CreateExport = z.infer<typeof CreateExport>;

export const ExportedFile = z.object({
  name: z.string(),
  rows: z.int().nonnegative().describe('Lines of data; 1 for a file'),
  sha256: z.string().describe('Of its content, in hexadecimal'),
});
export type ExportedFile = z.infer<typeof ExportedFile>;

export const Export = z
  .object({
    id: ExportId,
    state: z
      .enum(['queued', 'running', 'ready', 'failed', 'expired'])
      .describe('expired: the archive is not kept any more'),
    reason: z.string().nullable().describe('Why it failed'),
    include_media: z.boolean(),
    size_bytes: z.int().nullable(),
    sha256: z.string().nullable().describe('Of the whole archive, in hexadecimal'),
    files: z.array(ExportedFile).describe('What is in it, but for media'),
    created_at: instant,
    done_at: instant.nullable(),
    expires_at: instant.nullable().describe('Until when it can be downloaded'),
  })
  .meta({ id: 'Export' });
export type Export = z.infer<typeof Export>;
export const ExportList = listOf(Export, 'ExportList');
export type ExportList = z.infer<typeof ExportList>;

export const ImportReport = z
  .object({
    rows: z.record(z.string(), z.int()).describe('By table'),
    media: z.int().nonnegative().describe('Files'),
    left_out: z.array(z.string()).describe('Files of the archive that are for reading only'),
  })
  .meta({ id: 'ImportReport' });
export type ImportReport = z.infer<typeof ImportReport>;
