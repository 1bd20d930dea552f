import { Injectable } from '@nestjs/common';
import { fault } from '#libs/faults';
import {
  idOf,
  type InvitationId,
  type MemberId,
  type Role,
  type Scope,
  uuidOf,
  type WorkspaceId,
} from '#libs/model';
import type { Invitation as InvitationRow } from '#prisma/client';
import { Database } from '../database.js';
import { type Actor, appendAudit } from './audit-log.js';
import { afterId, type PageOf, pageOf, type PageRequest } from './cursor.js';
import { standingOf } from './logins.js';
import { createLogin, createMember, memberOf, type Standing, type StoredMember } from './members.js';

/** Somebody who was asked to join a workspace. */
export interface StoredInvitation {
  workspaceId: WorkspaceId;
  invitationId: InvitationId;
  /** In lower case. */
  email: string;
  role: Role;
  permissions: Scope[];
  invitedBy: string;
  createdAt: Date;
  expiresAt: Date;
}

/** Whoever was asked to join, until they do. */
@Injectable()
export class Invitations {
  constructor(private readonly database: Database) {}

  /**
   * Asks somebody to join, in place of an earlier invitation to the same address.
   *
   * @param input.tokenHash  SHA-256 of what the link carries
   * @throws Fault `state/already-exists` for a member
   */
  async create(
    workspaceId: WorkspaceId,
    input: Standing & {
      invitationId: InvitationId;
      email: string;
      tokenHash: Uint8Array;
      expiresAt: Date;
      actor: Actor;
    },
  ): Promise<StoredInvitation> {
    const workspace = uuidOf(workspaceId);
    const { actor, invitationId, email: address, tokenHash, permissions = [], ...rest } = input;
    const email = address.toLowerCase();
    const id = uuidOf(invitationId);
    const row = await this.database.withWorkspace(workspaceId, async (tx) => {
      if ((await tx.member.count({ where: { workspaceId: workspace, email } })) > 0) {
        throw fault('state/already-exists', { detail: 'They are a member already.' });
      }
      const key = { workspaceId: workspace, id };
      const made = await tx.invitation.findUnique({ where: { workspaceId_id: key } });
      // A write that is repeated.
      if (made) return made;
      await tx.invitation.deleteMany({ where: { workspaceId: workspace, email } });
      const data = { ...key, ...rest, email, permissions: [...permissions], invitedBy: actor };
      const row = await tx.invitation.create({ data: { ...data, tokenHash: Uint8Array.from(tokenHash) } });
      const line = { actor, action: 'invitation.create', target: invitationId };
      await appendAudit(tx, workspaceId, { ...line, data: { role: row.role, permissions: row.permissions } });
      return row;
    });
    return invitationOf(row);
  }

  /** Invitations by their age, those that are over included. */
  async list(workspaceId: WorkspaceId, page: PageRequest): Promise<PageOf<StoredInvitation>> {
    const after = afterId('invitations', page);
    const rows = await this.database.withWorkspace(workspaceId, (tx) =>
      tx.invitation.findMany({
        where: { workspaceId: uuidOf(workspaceId), ...after },
        orderBy: { id: page.order },
        take: page.limit + 1,
      }),
    );
    return pageOf('invitations', page, rows, (row) => row.id, invitationOf);
  }

  /** Takes an invitation back. @throws Fault `state/not-found` */
  async remove(workspaceId: WorkspaceId, invitationId: InvitationId, actor: Actor): Promise<void> {
    await this.database.withWorkspace(workspaceId, async (tx) => {
      const { count } = await tx.invitation.deleteMany({
        where: { workspaceId: uuidOf(workspaceId), id: uuidOf(invitationId) },
      });
      if (count === 0) throw fault('state/not-found');
      await appendAudit(tx, workspaceId, { actor, action: 'invitation.remove', target: invitationId });
    });
  }

  /** The invitation that a link opens, of whatever workspace; null when it was taken, taken back, or is over. */
  async find(tokenHash: Uint8Array): Promise<StoredInvitation | null> {
    const [owner] = await this.database.run<{ id: string | null }>(
      'invitation-workspace',
      'select invitation_workspace($1) as id',
      [Buffer.from(tokenHash)],
    );
    if (!owner?.id) return null;
    const where = { tokenHash: Uint8Array.from(tokenHash), expiresAt: { gt: new Date() } };
    const row = await this.database.withWorkspace(idOf('workspace', owner.id), (tx) =>
      tx.invitation.findFirst({ where: { workspaceId: owner.id ?? '', ...where } }),
    );
    return row && invitationOf(row);
  }

  /**
   * Makes the invited person a member.
   *
   * @param passwordHash  of a login that is to be made; null: there is one with this id
   * @throws Fault `state/gone` when the invitation was taken in the meantime; `state/already-exists` for a login of that address
   */
  async accept(
    { workspaceId, invitationId, email, role, permissions }: StoredInvitation,
    person: { memberId: MemberId; name: string; passwordHash: string | null },
  ): Promise<StoredMember> {
    const { memberId, name, passwordHash } = person;
    const row = await this.database.withLogin(memberId, [workspaceId], async (tx) => {
      const { count } = await tx.invitation.deleteMany({
        where: { workspaceId: uuidOf(workspaceId), id: uuidOf(invitationId) },
      });
      if (count === 0) throw fault('state/gone');
      if (passwordHash !== null) await createLogin(tx, memberId, { email, name, passwordHash });
      const line = { actor: `member:${memberId}` as const, action: 'member.join' };
      return createMember(tx, workspaceId, memberId, { email, name, role, permissions }, line);
    });
    return memberOf(row);
  }
}

function invitationOf(row: InvitationRow): StoredInvitation {
  const { workspaceId, id, email, invitedBy, createdAt, expiresAt } = row;
  return {
    workspaceId: idOf('workspace', workspaceId),
    invitationId: idOf('invitation', id),
    email,
    invitedBy,
    createdAt,
    expiresAt,
    ...standingOf(row),
  };
}
