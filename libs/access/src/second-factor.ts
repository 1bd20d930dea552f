import { type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { fault } from '#libs/faults';
import type { MemberId } from '#libs/model';
import { Keyring, Logins, openText, sealText, type StoredLogin } from '#libs/store';
import { LogInLimits } from './log-in-limits.js';
import { hashRecoveryCode, newRecoveryCodes } from './recovery-codes.js';
import { describeTotp, newTotpSecret, stepOfCode } from './totp.js';

/** What secrets of second factors are sealed for. */
const purpose = 'parley second factors v1';

/** The second factor of a login: codes of an app, and recovery codes for when it is lost. */
@Injectable()
export class SecondFactor {
  readonly #keys: ReadonlyMap<number, KeyObject>;

  constructor(
    private readonly logins: Logins,
    private readonly limits: LogInLimits,
    private readonly keyring: Keyring,
  ) {
    this.#keys = keyring.derive(purpose);
  }

  /**
   * Begins one: nothing is asked for until its first code has been seen.
   *
   * @throws Fault `state/conflict` when there is one already
   */
  async begin({ memberId, email }: StoredLogin): Promise<{ secret: string; uri: string }> {
    const secret = newTotpSecret();
    await this.logins.beginTotp(memberId, this.#seal(memberId, secret));
    return describeTotp(secret, email);
  }

  /**
   * Takes the first code.
   *
   * @returns the recovery codes, to be shown once
   * @throws Fault `access/wrong-code`, `state/conflict`, `state/rate-limited`
   */
  async confirm(login: StoredLogin, code: string): Promise<string[]> {
    const giveBack = await this.limits.tryCode(login.memberId);
    const step = await this.#stepOf(login, code);
    if (step === null) throw fault('access/wrong-code');
    const { codes, hashes } = newRecoveryCodes();
    await this.logins.confirmTotp(login.memberId, step, hashes);
    await giveBack();
    return codes;
  }

  /** Takes a code of the app or a recovery code, each once. @throws Fault `access/wrong-code`, `state/rate-limited` */
  async take(login: StoredLogin, code: string): Promise<void> {
    const giveBack = await this.limits.tryCode(login.memberId);
    const isTaken = /^\d{6}$/.test(code)
      ? await this.#takeStep(login, code)
      : await this.logins.takeRecoveryCode(login.memberId, hashRecoveryCode(code));
    if (!isTaken) throw fault('access/wrong-code');
    await giveBack();
  }

  async #takeStep(login: StoredLogin, code: string): Promise<boolean> {
    const step = await this.#stepOf(login, code);
    if (step === null || !(await this.logins.takeTotpStep(login.memberId, step))) return false;
    await this.#sealAnew(login);
    return true;
  }

  async #stepOf({ memberId, totpSecret }: StoredLogin, code: string): Promise<number | null> {
    if (totpSecret === null) return null;
    return stepOfCode(openText(this.#keys, placeOf(memberId), totpSecret), code, Date.now());
  }

  /** After a rotation of the installation's key: what is used moves under the new one. */
  async #sealAnew({ memberId, totpSecret }: StoredLogin): Promise<void> {
    if (totpSecret === null || totpSecret.startsWith(`v1.${this.keyring.current}.`)) return;
    const secret = openText(this.#keys, placeOf(memberId), totpSecret);
    await this.logins.reseal(memberId, { totpSecret: this.#seal(memberId, secret) });
  }

  #seal(memberId: MemberId, secret: string): string {
    return sealText(this.#keys, this.keyring.current, placeOf(memberId), secret);
  }
}

function placeOf(memberId: MemberId) {
  return { workspace: 'none', table: 'login', column: 'totp_secret', row: memberId };
}
