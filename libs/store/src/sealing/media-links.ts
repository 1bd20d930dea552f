import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import { fault } from '#libs/faults';
import type { MediaId } from '#libs/model';
import type { Keyring } from './keyring.js';

/** What the key of links is derived for; changing it ends every link. */
const PURPOSE = 'parley media links v1';
/** A link ends on the hour, an hour or two from now, so that two looks at the same message see the same link. */
const HOUR_S = 3_600;

/** Makes and checks the links under which stored files can be fetched for a while by whoever has them. */
export class MediaLinks {
  readonly #keys: ReadonlyMap<number, KeyObject>;
  readonly #current: number;

  /** @param publicUrl  where the gateway is reached, without a slash at the end */
  constructor(
    keyring: Keyring,
    private readonly publicUrl: string,
  ) {
    this.#keys = keyring.derive(PURPOSE);
    this.#current = keyring.current;
  }

  /**
   * A link to a file.
   *
   * @param now  milliseconds since 1970
   * @returns absolute; holds for at least an hour, and at most two
   */
  make(mediaId: MediaId, now: number): string {
    const expires = (Math.floor(now / 1_000 / HOUR_S) + 2) * HOUR_S;
    const signature = mac(this.#keys.get(this.#current)!, mediaId, String(expires)).toString('base64url');
    return `${this.publicUrl}/media/${mediaId}?expires=${expires}&signature=${signature}`;
  }

  /**
   * Whether a link is one of ours; also one that was made with an earlier key of the installation.
   *
   * @param expires  as it stands in the link
   * @returns until when it holds, in milliseconds since 1970
   * @throws Fault `access/invalid-signature`, `access/token-expired`
   */
  verify(mediaId: MediaId, expires: string, signature: string, now: number): number {
    const given = Buffer.from(signature, 'base64url');
    const isOurs = [...this.#keys.values()].some((key) => {
      const expected = mac(key, mediaId, expires);
      return given.length === expected.length && timingSafeEqual(given, expected);
    });
    if (!isOurs) throw fault('access/invalid-signature', { detail: 'The link is not one of ours.' });
    const until = Number(expires) * 1_000;
    if (until < now)
      throw fault('access/token-expired', { detail: 'The link has expired: read the message again.' });
    return until;
  }
}

function mac(key: KeyObject, mediaId: MediaId, expires: string): Buffer {
  return createHmac('sha256', key).update(`${mediaId}\n${expires}`).digest();
}
