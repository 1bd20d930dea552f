import { Injectable } from '@nestjs/common';
import { fault } from '#libs/faults';
import { idOf, newId, uuidOf, type MemberId, type Role, type Scope, type WorkspaceId } from '#libs/model';
import type { Member as MemberRow } from '#prisma/client';
import { Database, type WorkspaceTransaction } from '../database.js';
import { type Actor, appendAudit } from './audit-log.js';
import { afterId, type PageOf, pageOf, type PageRequest } from './cursor.js';
import { standingOf } from './logins.js';

/** A person who works in a workspace. */
export interface StoredMember {
  /** Of their login: the same in every workspace. */
  memberId: MemberId;
  /** In lower case. */
  email: string;
  name: string;
  role: Role;
  /** Of the role `custom`. */
  permissions: Scope[];
  createdAt: Date;
}

/** What a member is to be. */
export interface Standing {
  role: Role;
  permissions?: readonly Scope[] | undefined;
}

/** A person who has no login yet. */
export interface NewMember extends Standing {
  memberId?: MemberId | undefined;
  email: string;
  name: string;
  passwordHash: string;
}

/** The people who work in workspaces. Whoever changes what somebody may do ends that person's sessions. */
@Injectable()
export class Members {
  constructor(private readonly database: Database) {}

  /**
   * Makes a login and its first membership.
   *
   * @throws Fault `state/already-exists` when this installation has a login with that e-mail address
   */
  async create(workspaceId: WorkspaceId, input: NewMember & { actor: Actor }): Promise<StoredMember> {
    const memberId = input.memberId ?? newId('member');
    const row = await this.database.withLogin(memberId, [workspaceId], async (tx) => {
      await createLogin(tx, memberId, input);
      return createMember(tx, workspaceId, memberId, input, { actor: input.actor, action: 'member.create' });
    });
    return memberOf(row);
  }

  /** @param email  in any case */
  async findByEmail(workspaceId: WorkspaceId, email: string): Promise<StoredMember | null> {
    const row = await this.database.withWorkspace(workspaceId, (tx) =>
      tx.member.findUnique({
        where: { workspaceId_email: { workspaceId: uuidOf(workspaceId), email: email.toLowerCase() } },
      }),
    );
    return row && memberOf(row);
  }

  /** @throws Fault `state/not-found` */
  async get(workspaceId: WorkspaceId, memberId: MemberId): Promise<StoredMember> {
    const key = { workspaceId: uuidOf(workspaceId), id: uuidOf(memberId) };
    const row = await this.database.withWorkspace(workspaceId, (tx) =>
      tx.member.findUnique({ where: { workspaceId_id: key } }),
    );
    if (!row) throw fault('state/not-found', { facts: { memberId } });
    return memberOf(row);
  }

  /** Members of a workspace, by the age of their login. */
  async list(workspaceId: WorkspaceId, page: PageRequest): Promise<PageOf<StoredMember>> {
    const after = afterId('members', page);
    const rows = await this.database.withWorkspace(workspaceId, (tx) =>
      tx.member.findMany({
        where: { workspaceId: uuidOf(workspaceId), ...after },
        orderBy: { id: page.order },
        take: page.limit + 1,
      }),
    );
    return pageOf('members', page, rows, (row) => row.id, memberOf);
  }

  /**
   * Gives a member another role, and ends their sessions.
   *
   * @throws Fault `state/not-found`; `state/conflict` for the last owner
   */
  async update(
    workspaceId: WorkspaceId,
    memberId: MemberId,
    { role, permissions = [] }: Standing,
    actor: Actor,
  ): Promise<StoredMember> {
    const key = { workspaceId: uuidOf(workspaceId), id: uuidOf(memberId) };
    const row = await this.database.withLogin(memberId, [workspaceId], async (tx) => {
      const before = await lockMember(tx, workspaceId, memberId);
      if (role !== 'owner') await keepAnOwner(tx, workspaceId, before);
      const data = { role, permissions: [...permissions] };
      const changed = await tx.member.update({ where: { workspaceId_id: key }, data });
      await tx.loginSession.deleteMany({ where: { loginId: key.id } });
      const line = { actor, action: 'member.update', target: memberId };
      await appendAudit(tx, workspaceId, { ...line, data: { ...data, before: before.role } });
      return changed;
    });
    return memberOf(row);
  }

  /**
   * Takes a member out of a workspace and ends their sessions; with the last workspace goes the login.
   *
   * @throws Fault `state/not-found`; `state/conflict` for the last owner
   */
  async remove(workspaceId: WorkspaceId, memberId: MemberId, actor: Actor): Promise<void> {
    const id = uuidOf(memberId);
    await this.database.withLogin(memberId, [workspaceId], async (tx) => {
      const before = await lockMember(tx, workspaceId, memberId);
      await keepAnOwner(tx, workspaceId, before);
      await tx.member.deleteMany({ where: { workspaceId: uuidOf(workspaceId), id } });
      await tx.loginSession.deleteMany({ where: { loginId: id } });
      const left = await tx.$queryRaw<unknown[]>`select login_workspaces(${id}::uuid)`;
      if (left.length === 0) await tx.login.deleteMany({ where: { id } });
      const line = { actor, action: 'member.remove', target: memberId };
      await appendAudit(tx, workspaceId, { ...line, data: { role: before.role } });
    });
  }

  /** Ends every stay of a member in the console. @throws Fault `state/not-found` */
  async signOut(workspaceId: WorkspaceId, memberId: MemberId, actor: Actor): Promise<void> {
    await this.database.withLogin(memberId, [workspaceId], async (tx) => {
      await lockMember(tx, workspaceId, memberId);
      await tx.loginSession.deleteMany({ where: { loginId: uuidOf(memberId) } });
      await appendAudit(tx, workspaceId, { actor, action: 'member.end-sessions', target: memberId });
    });
  }
}

/** Makes the login of a person, in a transaction that names it. */
export async function createLogin(
  tx: WorkspaceTransaction,
  memberId: MemberId,
  { email, name, passwordHash }: { email: string; name: string; passwordHash: string },
): Promise<void> {
  await tx.login.create({ data: { id: uuidOf(memberId), email: email.toLowerCase(), name, passwordHash } });
}

/** Makes a login a member of a workspace. */
export async function createMember(
  tx: WorkspaceTransaction,
  workspaceId: WorkspaceId,
  memberId: MemberId,
  { email, name, role, permissions = [] }: Standing & { email: string; name: string },
  { actor, action }: { actor: Actor; action: string },
): Promise<MemberRow> {
  const standing = { role, permissions: [...permissions] };
  const row = await tx.member.create({
    data: {
      ...standing,
      workspaceId: uuidOf(workspaceId),
      id: uuidOf(memberId),
      email: email.toLowerCase(),
      name,
    },
  });
  await appendAudit(tx, workspaceId, { actor, action, target: memberId, data: standing });
  return row;
}

/** The row of a member as it is, until the end of the transaction. */
async function lockMember(
  tx: WorkspaceTransaction,
  workspaceId: WorkspaceId,
  memberId: MemberId,
): Promise<MemberRow> {
  const key = { workspaceId: uuidOf(workspaceId), id: uuidOf(memberId) };
  // All owners at once: two that leave at the same time would each see the other stay.
  await tx.$executeRaw`
    select 1 from member where workspace_id = ${key.workspaceId}::uuid and (role = 'owner' or id = ${key.id}::uuid)
     order by id for update`;
  const row = await tx.member.findUnique({ where: { workspaceId_id: key } });
  if (!row) throw fault('state/not-found', { facts: { memberId } });
  return row;
}

async function keepAnOwner(tx: WorkspaceTransaction, workspaceId: WorkspaceId, member: MemberRow) {
  if (member.role !== 'owner') return;
  const where = { workspaceId: uuidOf(workspaceId), role: 'owner', NOT: { id: member.id } };
  if ((await tx.member.count({ where })) > 0) return;
  throw fault('state/conflict', { detail: 'A workspace has an owner: make somebody else one first.' });
}

/** A member as it is stored. */
export function memberOf({ id, email, name, createdAt, ...standing }: MemberRow): StoredMember {
  return { memberId: idOf('member', id), email, name, ...standingOf(standing), createdAt };
}
