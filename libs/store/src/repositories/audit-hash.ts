import { createHash } from 'node:crypto';
import type { JsonObject } from '#libs/model';

/** One line of a workspace's audit log, as it is hashed. */
export interface AuditLine {
  /** 1, 2, 3, … without a gap. */
  seq: number;
  /** ISO 8601 instant, UTC, milliseconds. */
  at: string;
  /** Who: `api_key:key_…`, `member:mem_…`, `system`. */
  actor: string;
  /** What: `channel.create`, `delivery.replay`, … */
  action: string;
  /** The id of what it was done to. */
  target: string;
  /** Plain facts; never a secret or what people wrote. */
  data: JsonObject;
}

/** What the first line follows. */
export const auditGenesis = Buffer.alloc(32);

/**
 * The hash that chains a line to the one before.
 *
 * @param previous  32 bytes: the hash of the line before, or `auditGenesis`
 * @returns SHA-256 over the previous hash and the line as canonical JSON; 32 bytes
 */
export function auditHash(previous: Uint8Array, workspaceUuid: string, line: AuditLine): Buffer {
  return createHash('sha256')
    .update(previous)
    .update(canonicalJson({ workspace: workspaceUuid, ...line }))
    .digest();
}

/**
 * JSON with the keys of every object in order of their UTF-16 code units, so that equal values are equal texts.
 *
 * PostgreSQL's jsonb keeps neither the order of keys nor the spelling of numbers; numbers here are what JavaScript
 * makes of them, and entries that are `undefined` are left out.
 *
 * @see RFC 8785 (read 2026-11-21), whose result this equals for values that came from JSON
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}
