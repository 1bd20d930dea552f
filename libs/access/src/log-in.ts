import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { fault } from '#libs/faults';
import type { LoginSessionId, MemberId, WorkspaceId } from '#libs/model';
import {
  Logins,
  LoginSessions,
  type NewLoginSession,
  type StoredLogin,
  type StoredLoginSession,
} from '#libs/store';
import { AccessOptions } from './access-options.js';
import { LogInLimits } from './log-in-limits.js';
import { hashPassword, isCurrentPassword, verifyPassword } from './passwords.js';
import type { Principal } from './principal.js';
import { scopesOf } from './roles.js';
import { SecondFactor } from './second-factor.js';
import { hashToken, newToken } from './tokens.js';

/** Where a request of a person comes from. */
export interface Whence {
  ip: string;
  userAgent: string;
}

/** A session that has begun: its token goes into the cookie and nowhere else. */
export interface BegunSession {
  stage: StoredLoginSession['stage'];
  token: string;
  /** How long the cookie is good, in milliseconds. */
  ttlMs: number;
}

/** How long a person may look for their phone. */
const SECOND_FACTOR_MS = 5 * 60_000;

/** Lets people into the console, and out again. */
@Injectable()
export class LogIn {
  /** Of no password: whoever asks for an unknown address waits as long as everybody else. */
  readonly #nobody = hashPassword(randomBytes(16).toString('hex'));

  constructor(
    private readonly logins: Logins,
    private readonly sessions: LoginSessions,
    private readonly factor: SecondFactor,
    private readonly limits: LogInLimits,
    private readonly options: AccessOptions,
  ) {}

  /** @throws Fault `access/wrong-credentials`, whatever of the two is wrong; `state/rate-limited` */
  async signIn(email: string, password: string, whence: Whence): Promise<BegunSession> {
    const giveBack = await this.limits.tryPassword(email, whence.ip);
    const login = await this.verify(email, password);
    await giveBack();
    return this.begin(login, whence);
  }

  /** The login of an address and its password. @throws Fault `access/wrong-credentials` */
  async verify(email: string, password: string): Promise<StoredLogin> {
    const login = await this.logins.findByEmail(email);
    const isRight = await verifyPassword(password, login?.passwordHash ?? (await this.#nobody));
    if (!login || !isRight) throw fault('access/wrong-credentials');
    if (!isCurrentPassword(login.passwordHash)) {
      await this.logins.reseal(login.memberId, { passwordHash: await hashPassword(password) });
    }
    return login;
  }

  /** Begins a session of a login whose password was right: whole, or waiting for the second factor. */
  begin(
    { memberId, hasSecondFactor }: Pick<StoredLogin, 'memberId' | 'hasSecondFactor'>,
    whence: Whence,
  ): Promise<BegunSession> {
    return hasSecondFactor
      ? this.#start(memberId, 'second-factor', SECOND_FACTOR_MS, whence)
      : this.#start(memberId, 'signed-in', this.options.idleMs, whence);
  }

  /**
   * Completes a session that waits for its second factor; it gets another token.
   *
   * @throws Fault `access/invalid-session`, `access/wrong-code`, `state/conflict` for one that is whole, `state/rate-limited`
   */
  async complete(token: string, code: string, whence: Whence): Promise<BegunSession> {
    const session = await this.sessions.find(hashToken(token), null);
    if (!session) throw fault('access/invalid-session');
    if (session.stage !== 'second-factor') throw fault('state/conflict', { detail: 'You are signed in.' });
    await this.factor.take(await this.#loginOf(session), code);
    await this.sessions.discard(session.memberId, session.loginSessionId);
    return this.#start(session.memberId, 'signed-in', this.options.idleMs, whence);
  }

  /**
   * The session of a token, which lives on by being used.
   *
   * @param workspaceId  what the person is in it comes along
   * @throws Fault `access/invalid-session`, `access/second-factor-needed`
   */
  async resume(token: string, workspaceId: WorkspaceId | null): Promise<StoredLoginSession> {
    const session = await this.sessions.find(hashToken(token), workspaceId);
    if (!session) throw fault('access/invalid-session');
    if (session.stage === 'second-factor') throw fault('access/second-factor-needed');
    if (Date.now() - session.seenAt.getTime() > 60_000) {
      await this.sessions.touch(session.memberId, session.loginSessionId, this.options.idleMs);
    }
    return session;
  }

  /** Who asks with a cookie, in a workspace. @throws Fault `access/not-a-member`; what `resume` throws */
  async principalOf(token: string, workspaceId: WorkspaceId): Promise<Principal> {
    const { memberId, standing } = await this.resume(token, workspaceId);
    if (!standing) throw fault('access/not-a-member');
    const { role, permissions } = standing;
    return { workspaceId, memberId, role, scopes: scopesOf(role, permissions) };
  }

  /** Ends a session of a person. @throws Fault `state/not-found` */
  signOut(memberId: MemberId, loginSessionId: LoginSessionId): Promise<void> {
    return this.sessions.end(memberId, loginSessionId);
  }

  /**
   * Gives the person of a session another password; every other session of theirs ends.
   *
   * @throws Fault `access/wrong-credentials`, `state/rate-limited`
   */
  async changePassword(token: string, memberId: MemberId, current: string, next: string): Promise<void> {
    await this.confirm(memberId, current);
    await this.logins.setPassword(memberId, await hashPassword(next), hashToken(token));
  }

  /** Asks for the password once more, before something that a stolen session must not do. */
  async confirm(memberId: MemberId, password: string): Promise<StoredLogin> {
    const giveBack = await this.limits.tryOwnPassword(memberId);
    const login = await this.#loginOf({ memberId });
    if (!(await verifyPassword(password, login.passwordHash))) throw fault('access/wrong-credentials');
    await giveBack();
    return login;
  }

  async #loginOf({ memberId }: { memberId: MemberId }): Promise<StoredLogin> {
    const login = await this.logins.find(memberId);
    if (!login) throw fault('access/invalid-session');
    return login;
  }

  async #start(
    memberId: MemberId,
    stage: NewLoginSession['stage'],
    ttlMs: number,
    { ip, userAgent }: Whence,
  ): Promise<BegunSession> {
    const { text, hash } = newToken();
    const shown = { ip: ip.slice(0, 64), userAgent: userAgent.replace(/[^\x20-\x7e]/g, '').slice(0, 300) };
    await this.sessions.start(memberId, { ...shown, tokenHash: hash, stage, ttlMs });
    return { stage, token: text, ttlMs };
  }
}
