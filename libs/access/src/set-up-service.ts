import { Injectable } from '@nestjs/common';
import type { SetUp } from '#libs/model';
import { SetUps } from '#libs/store';
import { type BegunSession, LogIn, type Whence } from './log-in.js';
import { LogInLimits } from './log-in-limits.js';
import { hashPassword } from './passwords.js';
import { hashToken } from './tokens.js';

/** Lets the first owner into a fresh installation: who holds the link that its first start printed. */
@Injectable()
export class SetUpService {
  constructor(
    private readonly setUps: SetUps,
    private readonly logIn: LogIn,
    private readonly limits: LogInLimits,
  ) {}

  /** Whether nobody owns this installation yet. */
  async isNeeded(): Promise<boolean> {
    return (await this.setUps.awaited()) !== null;
  }

  /** Makes a person the owner. @throws Fault `access/invalid-link`, `state/already-exists`, `state/rate-limited` */
  async claim(input: SetUp, whence: Whence): Promise<BegunSession> {
    const giveBack = await this.limits.tryLink(whence.ip);
    const { token, workspace_name: workspaceName, name, email, password } = input;
    const owner = { name, email, passwordHash: await hashPassword(password) };
    const { memberId } = await this.setUps.claim(hashToken(token), owner, workspaceName);
    await giveBack();
    return this.logIn.begin({ memberId, hasSecondFactor: false }, whence);
  }
}
