import { Injectable } from '@nestjs/common';
import { fault } from '#libs/faults';
import { idOf, type MemberId, Role, Scope, uuidOf, type WorkspaceId } from '#libs/model';
import type { Login as LoginRow } from '#prisma/client';
import { Database, type WorkspaceTransaction } from '../database.js';
import { appendAudit } from './audit-log.js';

/** Who may log in to the console: a person of this installation, whatever workspaces they work in. */
export interface StoredLogin {
  /** The same in every workspace. */
  memberId: MemberId;
  /** In lower case. */
  email: string;
  name: string;
  /** A PHC string of Argon2id; leaves the server for nobody. */
  passwordHash: string;
  /** Sealed; null: none was ever begun. */
  totpSecret: string | null;
  /** A second factor is asked for; without it a secret waits for its first code. */
  hasSecondFactor: boolean;
}

/** What a person is in one of their workspaces. */
export interface Membership {
  workspaceId: WorkspaceId;
  workspaceName: string;
  role: Role;
  /** Of the role `custom`. */
  permissions: Scope[];
}

/** The logins of the installation: passwords and second factors. What changes one is told in every workspace of the person. */
@Injectable()
export class Logins {
  constructor(private readonly database: Database) {}

  /** @param email  in any case */
  async findByEmail(email: string): Promise<StoredLogin | null> {
    const [row] = await this.database.run<{ id: string | null }>(
      'login-of-email',
      'select login_of_email($1) as id',
      [email.toLowerCase()],
    );
    return row?.id ? this.find(idOf('member', row.id)) : null;
  }

  async find(memberId: MemberId): Promise<StoredLogin | null> {
    const row = await this.database.withLogin(memberId, [], (tx) =>
      tx.login.findUnique({ where: { id: uuidOf(memberId) } }),
    );
    return row && loginOf(row);
  }

  /** Where a person works, oldest workspace first. */
  async workspacesOf(memberId: MemberId): Promise<WorkspaceId[]> {
    const rows = await this.database.run<{ id: string }>(
      'login-workspaces',
      'select login_workspaces($1) as id',
      [uuidOf(memberId)],
    );
    return rows.map(({ id }) => idOf('workspace', id));
  }

  /** What a person is where they work, oldest workspace first. */
  async memberships(memberId: MemberId): Promise<Membership[]> {
    const workspaces = await this.workspacesOf(memberId);
    const rows = await this.database.withLogin(memberId, workspaces, (tx) =>
      tx.member.findMany({
        where: { id: uuidOf(memberId) },
        include: { workspace: true },
        orderBy: { workspaceId: 'asc' },
      }),
    );
    return rows.map((row) => ({
      workspaceId: idOf('workspace', row.workspaceId),
      workspaceName: row.workspace.name,
      ...standingOf(row),
    }));
  }

  /** Replaces the password, and ends every session but one. */
  async setPassword(memberId: MemberId, passwordHash: string, keptSession: Uint8Array | null): Promise<void> {
    await this.#change(memberId, 'member.change-password', async (tx, id) => {
      await tx.login.update({ where: { id }, data: { passwordHash, updatedAt: new Date() } });
      const kept = keptSession && { NOT: { tokenHash: Uint8Array.from(keptSession) } };
      await tx.loginSession.deleteMany({ where: { loginId: id, ...kept } });
    });
  }

  /** Replaces only the form in which the password or the secret is kept. */
  async reseal(memberId: MemberId, change: { passwordHash?: string; totpSecret?: string }): Promise<void> {
    await this.database.withLogin(memberId, [], (tx) =>
      tx.login.updateMany({ where: { id: uuidOf(memberId) }, data: change }),
    );
  }

  /**
   * Keeps a secret that nothing asks for yet, in place of an earlier one.
   *
   * @throws Fault `state/conflict` when there is a second factor already
   */
  async beginTotp(memberId: MemberId, totpSecret: string): Promise<void> {
    const { count } = await this.database.withLogin(memberId, [], (tx) =>
      tx.login.updateMany({
        where: { id: uuidOf(memberId), totpSince: null },
        data: { totpSecret, totpStep: null, updatedAt: new Date() },
      }),
    );
    if (count === 0) throw fault('state/conflict', { detail: 'There is a second factor already.' });
  }

  /**
   * From now on a second factor is asked for.
   *
   * @param codeHashes  of the recovery codes, in place of earlier ones
   * @throws Fault `state/conflict` when there is one already
   */
  async confirmTotp(memberId: MemberId, step: number, codeHashes: readonly Uint8Array[]): Promise<void> {
    await this.#change(memberId, 'member.add-second-factor', async (tx, id) => {
      const { count } = await tx.login.updateMany({
        where: { id, totpSince: null, totpSecret: { not: null } },
        data: { totpSince: new Date(), totpStep: step, updatedAt: new Date() },
      });
      if (count === 0) throw fault('state/conflict', { detail: 'There is a second factor already.' });
      await tx.recoveryCode.deleteMany({ where: { loginId: id } });
      const codes = codeHashes.map((hash) => ({ loginId: id, codeHash: Uint8Array.from(hash) }));
      await tx.recoveryCode.createMany({ data: codes });
    });
  }

  /** The password is enough again. */
  async removeTotp(memberId: MemberId): Promise<void> {
    await this.#change(memberId, 'member.remove-second-factor', async (tx, id) => {
      const none = { totpSecret: null, totpSince: null, totpStep: null, updatedAt: new Date() };
      await tx.login.update({ where: { id }, data: none });
      await tx.recoveryCode.deleteMany({ where: { loginId: id } });
    });
  }

  /** Takes the code of a step. @returns false when that step, or a later one, was taken before */
  async takeTotpStep(memberId: MemberId, step: number): Promise<boolean> {
    const { count } = await this.database.withLogin(memberId, [], (tx) =>
      tx.login.updateMany({
        where: { id: uuidOf(memberId), OR: [{ totpStep: null }, { totpStep: { lt: step } }] },
        data: { totpStep: step },
      }),
    );
    return count > 0;
  }

  /** Takes a recovery code. @returns false when there is none such, or it was taken before */
  async takeRecoveryCode(memberId: MemberId, codeHash: Uint8Array): Promise<boolean> {
    return this.#change(memberId, 'member.use-recovery-code', async (tx, loginId) => {
      const { count } = await tx.recoveryCode.updateMany({
        where: { loginId, codeHash: Uint8Array.from(codeHash), usedAt: null },
        data: { usedAt: new Date() },
      });
      return count > 0;
    });
  }

  /** A change that stands with its lines in the audit logs of all workspaces of the person; none when it changed nothing. */
  async #change<T>(
    memberId: MemberId,
    action: string,
    work: (tx: WorkspaceTransaction, id: string) => Promise<T>,
  ): Promise<T> {
    const workspaces = await this.workspacesOf(memberId);
    return this.database.withLogin(memberId, workspaces, async (tx) => {
      const result = await work(tx, uuidOf(memberId));
      if (result !== false) await auditEverywhere(tx, workspaces, memberId, action);
      return result;
    });
  }
}

/** One line about a person, by themselves, in each of their workspaces. */
export async function auditEverywhere(
  tx: WorkspaceTransaction,
  workspaces: readonly WorkspaceId[],
  memberId: MemberId,
  action: string,
): Promise<void> {
  for (const workspaceId of workspaces) {
    await appendAudit(tx, workspaceId, { actor: `member:${memberId}`, action, target: memberId });
  }
}

/** What a row of a member says they may do; a role that a newer version wrote may do nothing. */
export function standingOf(row: { role: string; permissions: readonly string[] }): {
  role: Role;
  permissions: Scope[];
} {
  return {
    role: Role.safeParse(row.role).data ?? 'custom',
    permissions: row.permissions.flatMap((scope) => Scope.safeParse(scope).data ?? []),
  };
}

function loginOf({ id, email, name, passwordHash, totpSecret, totpSince }: LoginRow): StoredLogin {
  const memberId = idOf('member', id);
  return { memberId, email, name, passwordHash, totpSecret, hasSecondFactor: totpSince !== null };
}
