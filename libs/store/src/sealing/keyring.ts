import { createSecretKey, hkdfSync, randomBytes, type KeyObject } from 'node:crypto';
import type { VersionedKey } from '#libs/config';
import { fault } from '#libs/faults';
import { openBytes, sealBytes, type SealedPlace, versionsOf } from './sealed-text.js';

/** The keys of the installation, as configuration gives them. */
export interface InstallationKeys {
  /** Seals. */
  readonly current: VersionedKey;
  /** Open what they sealed, and seal nothing new. */
  readonly old: readonly VersionedKey[];
}

/** A data key of a workspace, in clear. */
export interface DataKey {
  readonly version: number;
  /** 32 bytes. */
  readonly key: KeyObject;
}

/** The installation's keys: they wrap the data keys of workspaces and never touch what those seal. */
export class Keyring {
  readonly #keys: ReadonlyMap<number, KeyObject>;
  /** Version that seals. */
  readonly current: number;

  constructor({ current, old }: InstallationKeys) {
    this.#keys = new Map([...old, current].map(({ version, key }) => [version, key]));
    this.current = current.version;
  }

  /** A fresh data key and its wrapped form. */
  newDataKey(workspace: string, version: number): { dataKey: DataKey; wrapped: string } {
    const dataKey = { version, key: createSecretKey(randomBytes(32)) };
    return { dataKey, wrapped: this.wrap(workspace, dataKey) };
  }

  /** Wraps a data key with the current key. */
  wrap(workspace: string, { version, key }: DataKey): string {
    const versions = { kek: this.current, dek: version };
    return sealBytes(this.#key(this.current), versions, placeOf(workspace, version), key.export());
  }

  /**
   * Unwraps a data key, whichever key of the installation wrapped it.
   *
   * @throws Fault `store/sealed` when that key is not configured, or the row was altered or moved
   */
  unwrap(workspace: string, version: number, wrapped: string): DataKey {
    const key = this.#key(versionsOf(wrapped).kek);
    return { version, key: createSecretKey(openBytes(key, placeOf(workspace, version), wrapped)) };
  }

  /** Whether a wrapped data key is wrapped with the current key. */
  isCurrent(wrapped: string): boolean {
    return versionsOf(wrapped).kek === this.current;
  }

  /**
   * Derives a key for another purpose (HKDF-SHA-256), so that no key serves two.
   *
   * @param purpose  names the use; the same words give the same key
   * @returns one derived key of 32 bytes for each version that is configured
   * @see RFC 5869 (read 2026-11-21)
   */
  derive(purpose: string): ReadonlyMap<number, KeyObject> {
    const derived = (key: KeyObject) =>
      createSecretKey(Buffer.from(hkdfSync('sha256', key, '', purpose, 32)));
    return new Map([...this.#keys].map(([version, key]) => [version, derived(key)]));
  }

  #key(version: number): KeyObject {
    const key = this.#keys.get(version);
    if (!key) {
      throw fault('store/sealed', {
        detail: `Key version ${version} of the installation is not configured: put it into PARLEY_SECRET_KEYS_OLD.`,
        facts: { keyVersion: version },
      });
    }
    return key;
  }
}

function placeOf(workspace: string, version: number): SealedPlace {
  return { workspace, table: 'workspace_key', column: 'wrapped_key', row: String(version) };
}
