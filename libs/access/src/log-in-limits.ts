import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { fault } from '#libs/faults';
import type { MemberId } from '#libs/model';
import { type Allowance, Allowances } from '#libs/store';

/** Guesses at one address: ten at once, then one every half minute. */
const PER_EMAIL = { burst: 10, refillMs: 30_000 };
/** Guesses from one place, at whatever address. */
const PER_IP = { burst: 30, refillMs: 5_000 };
/** Of a million codes three hold at a time: at this pace, who has the password guesses for three years. */
const PER_CODE = { burst: 10, refillMs: 300_000 };

/** Keeps people from guessing. What was no guess after all is given back. */
@Injectable()
export class LogInLimits {
  constructor(private readonly allowances: Allowances) {}

  /**
   * Counts a try with a password.
   *
   * @returns gives the try back
   * @throws Fault `state/rate-limited`
   */
  tryPassword(email: string, ip: string): Promise<() => Promise<void>> {
    return this.#take([
      { key: `sign-in:email:${digest(email)}`, ...PER_EMAIL },
      { key: `sign-in:ip:${ip}`, ...PER_IP },
    ]);
  }

  /** Counts a try with the token of a link. */
  tryLink(ip: string): Promise<() => Promise<void>> {
    return this.#take([{ key: `sign-in:ip:${ip}`, ...PER_IP }]);
  }

  /** Counts a try with the password of somebody who is signed in. */
  tryOwnPassword(memberId: MemberId): Promise<() => Promise<void>> {
    return this.#take([{ key: `password:${memberId}`, ...PER_EMAIL }]);
  }

  /** Counts a try with the code of a second factor. */
  tryCode(memberId: MemberId): Promise<() => Promise<void>> {
    return this.#take([{ key: `code:${memberId}`, ...PER_CODE }]);
  }

  async #take(asked: readonly Allowance[]): Promise<() => Promise<void>> {
    const states = await this.allowances.take(asked);
    const waits = states.filter(({ isAllowed }) => !isAllowed).map(({ retryAfterMs }) => retryAfterMs);
    if (waits.length > 0) throw fault('state/rate-limited', { retryAfterMs: Math.max(...waits) });
    return () => this.allowances.giveBack(asked);
  }
}

/** Addresses of people stand in no table of counters. */
function digest(email: string): string {
  return createHash('sha256').update(email.toLowerCase()).digest('base64url');
}
