import { createCipheriv, createDecipheriv, randomBytes, type KeyObject } from 'node:crypto';
import { fault } from '#libs/faults';

/** Where a sealed value lives. It opens nowhere else. */
export interface SealedPlace {
  /** The workspace's id in whatever form, always the same. */
  workspace: string;
  table: string;
  column: string;
  row: string;
}

/** The versions under which something was sealed. */
export interface SealVersions {
  /** Key of the installation that was current; for a data key: the one that wrapped it. */
  kek: number;
  /** Data key of the workspace. */
  dek: number;
}

const FORMAT = /^v1\.(\d{1,5})\.(\d{1,9})\.([\w-]{16})\.([\w-]*)\.([\w-]{22})$/;

/**
 * Seals bytes with AES-256-GCM: `v1.<kek>.<dek>.<iv>.<ciphertext>.<tag>`, the last three in base64url.
 *
 * The place and the versions are authenticated with it.
 *
 * @param key  32 bytes
 * @see NIST SP 800-38D §8.2.2: 96 random bits of nonce, at most 2^32 seals a key (read 2026-11-21)
 */
export function sealBytes(
  key: KeyObject,
  versions: SealVersions,
  place: SealedPlace,
  bytes: Uint8Array,
): string {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(authenticated(versions, place));
  const sealed = Buffer.concat([cipher.update(bytes), cipher.final()]);
  const pieces = [iv, sealed, cipher.getAuthTag()].map((piece) => piece.toString('base64url'));
  return ['v1', versions.kek, versions.dek, ...pieces].join('.');
}

/**
 * Opens what `sealBytes` sealed.
 *
 * @throws Fault `store/sealed` when anything of it was altered, or it was sealed by another key or for another place
 */
export function openBytes(key: KeyObject, place: SealedPlace, text: string): Buffer {
  const { versions, iv, sealed, tag } = parse(text);
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: 16 })
    .setAAD(authenticated(versions, place))
    .setAuthTag(tag);
  try {
    return Buffer.concat([decipher.update(sealed), decipher.final()]);
  } catch (error) {
    throw unopenable(place, error);
  }
}

/**
 * Reads the versions of a sealed text without opening it.
 *
 * @throws Fault `store/sealed` when it has not the form of one
 */
export function versionsOf(text: string): SealVersions {
  return parse(text).versions;
}

function parse(text: string): { versions: SealVersions; iv: Buffer; sealed: Buffer; tag: Buffer } {
  const [, kek, dek, ...pieces] = FORMAT.exec(text) ?? [];
  const [iv, sealed, tag] = pieces.map((piece) => Buffer.from(piece, 'base64url'));
  const versions = { kek: Number(kek), dek: Number(dek) };
  if (!iv || !sealed || !tag) throw unopenable();
  // Base64 has several spellings of the same bytes, and only the one we wrote counts as ours.
  const again = [
    'v1',
    versions.kek,
    versions.dek,
    ...[iv, sealed, tag].map((piece) => piece.toString('base64url')),
  ];
  if (again.join('.') !== text) throw unopenable();
  return { versions, iv, sealed, tag };
}

function authenticated({ kek, dek }: SealVersions, { workspace, table, column, row }: SealedPlace): Buffer {
  return Buffer.from(['v1', kek, dek, workspace, table, column, row].join('|'));
}

function unopenable(place?: SealedPlace, cause?: unknown): Error {
  return fault('store/sealed', { cause, facts: { table: place?.table, row: place?.row } });
}

/** Seals a text that belongs to no workspace, with a derived key of the installation. */
export function sealText(
  keys: ReadonlyMap<number, KeyObject>,
  current: number,
  place: SealedPlace,
  text: string,
): string {
  return sealBytes(derived(keys, current, place), { kek: current, dek: 0 }, place, Buffer.from(text));
}

/** Opens what `sealText` sealed. @throws Fault `store/sealed` */
export function openText(keys: ReadonlyMap<number, KeyObject>, place: SealedPlace, sealed: string): string {
  return openBytes(derived(keys, versionsOf(sealed).kek, place), place, sealed).toString();
}

function derived(keys: ReadonlyMap<number, KeyObject>, version: number, place: SealedPlace): KeyObject {
  const key = keys.get(version);
  if (!key) throw fault('store/sealed', { facts: { table: place.table, kek: version } });
  return key;
}
