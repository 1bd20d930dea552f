import { createHmac, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { fault, invalidInput } from '#libs/faults';
import { newId, type WorkspaceId } from '#libs/model';
import {
  type Actor,
  idOfOperation,
  Invitations,
  Keyring,
  Logins,
  type OperationId,
  type Standing,
  type StoredInvitation,
} from '#libs/store';
import { AccessOptions } from './access-options.js';
import { type BegunSession, LogIn, type Whence } from './log-in.js';
import { LogInLimits } from './log-in-limits.js';
import { hashPassword } from './passwords.js';
import { hashToken, newToken, type Token } from './tokens.js';

const TTL_MS = 7 * 86_400_000;
/** Shortest password of a new login, in characters. */
const PASSWORD_MIN = 10;
/** What tokens of writes that may be repeated are derived for: the same write has the same one. */
const mintPurpose = 'parley minted invitations v1';

/** Asks people to join a workspace, by a link, and lets them in who hold it. */
@Injectable()
export class InvitationService {
  readonly #mint: KeyObject | undefined;

  constructor(
    private readonly invitations: Invitations,
    private readonly logins: Logins,
    private readonly logIn: LogIn,
    private readonly limits: LogInLimits,
    private readonly options: AccessOptions,
    keyring: Keyring,
  ) {
    this.#mint = keyring.derive(mintPurpose).get(keyring.current);
  }

  /**
   * Makes an invitation for a week; it replaces an earlier one to the same address.
   *
   * @param operationId  of a write that may be repeated: it gets the same link again
   * @throws Fault `state/already-exists` for a member
   */
  async create(
    workspaceId: WorkspaceId,
    input: Standing & { email: string; actor: Actor },
    operationId?: OperationId,
  ): Promise<{ invitation: StoredInvitation; link: string }> {
    const token = this.#tokenFor(operationId);
    const invitation = await this.invitations.create(workspaceId, {
      ...input,
      invitationId: operationId ? idOfOperation('invitation', operationId) : newId('invitation'),
      tokenHash: token.hash,
      expiresAt: new Date(Date.now() + TTL_MS),
    });
    // After the sign, browsers send it to nobody: no proxy and no log sees the token.
    return { invitation, link: `${this.options.publicUrl}/console/invitation#token=${token.text}` };
  }

  /**
   * Lets the person of a link in: with a new login, or with the one they have on this installation.
   *
   * @throws Fault `access/invalid-link`; `access/wrong-credentials` when there is a login and this is not its password;
   *   `input/invalid` for a new password that is too short; `state/already-exists` for a member; `state/rate-limited`
   */
  async accept(
    input: { token: string; name: string; password: string },
    whence: Whence,
  ): Promise<BegunSession> {
    const giveBack = await this.limits.tryLink(whence.ip);
    const invitation = await this.invitations.find(hashToken(input.token));
    if (!invitation) throw fault('access/invalid-link');
    const known = await this.logins.findByEmail(invitation.email);
    if (known) {
      const again = await this.limits.tryPassword(invitation.email, whence.ip);
      await this.logIn.verify(invitation.email, input.password);
      await again();
    }
    const memberId = known?.memberId ?? newId('member');
    const passwordHash = known ? null : await hashPassword(longEnough(input.password));
    await this.invitations.accept(invitation, { memberId, name: input.name, passwordHash });
    await giveBack();
    return this.logIn.begin(known ?? { memberId, hasSecondFactor: false }, whence);
  }

  #tokenFor(operationId: OperationId | undefined): Token {
    if (!operationId || !this.#mint) return newToken();
    return newToken(createHmac('sha256', this.#mint).update(operationId).digest());
  }
}

function longEnough(password: string): string {
  if (password.length >= PASSWORD_MIN) return password;
  const message = `must have at least ${PASSWORD_MIN} characters`;
  throw invalidInput([{ path: ['password'], code: 'too_small', message }]);
}
