import { Injectable } from '@nestjs/common';
import { idOf, newId, uuidOf, type MemberId, type WorkspaceId } from '#libs/model';
import type { Member as MemberRow } from '#prisma/client';
import { Database } from '../database.js';
import { type Actor, appendAudit } from './audit-log.js';

/** A person who works in a workspace. */
export interface Member {
  memberId: MemberId;
  /** In lower case. */
  email: string;
  name: string;
  role: string;
  /** A PHC string of Argon2id; leaves the server for nobody. */
  passwordHash: string;
  createdAt: Date;
}

/** The people who work in workspaces. */
@Injectable()
export class Members {
  constructor(private readonly database: Database) {}

  /** @throws Fault `state/already-exists` when the workspace has a member with this e-mail address */
  async create(
    workspaceId: WorkspaceId,
    input: { email: string; name: string; role: string; passwordHash: string; actor: Actor },
  ): Promise<Member> {
    const memberId = newId('member');
    const { actor, email, ...rest } = input;
    const row = await this.database.withWorkspace(workspaceId, async (tx) => {
      const made = await tx.member.create({
        data: { ...rest, email: email.toLowerCase(), workspaceId: uuidOf(workspaceId), id: uuidOf(memberId) },
      });
      await appendAudit(tx, workspaceId, {
        actor,
        action: 'member.create',
        target: memberId,
        data: { role: made.role },
      });
      return made;
    });
    return memberOf(row);
  }

  /** @param email  in any case */
  async findByEmail(workspaceId: WorkspaceId, email: string): Promise<Member | null> {
    const row = await this.database.withWorkspace(workspaceId, (tx) =>
      tx.member.findUnique({
        where: { workspaceId_email: { workspaceId: uuidOf(workspaceId), email: email.toLowerCase() } },
      }),
    );
    return row && memberOf(row);
  }
}

function memberOf({ id, email, name, role, passwordHash, createdAt }: MemberRow): Member {
  return { memberId: idOf('member', id), email, name, role, passwordHash, createdAt };
}
