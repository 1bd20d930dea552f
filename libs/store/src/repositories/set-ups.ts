import { timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { fault } from '#libs/faults';
import { newId, uuidOf, WorkspaceId } from '#libs/model';
import { Database } from '../database.js';
import { appendAudit } from './audit-log.js';
import { Instance } from './instance.js';
import { createLogin, createMember, memberOf, type NewMember, type StoredMember } from './members.js';

/** The fact that says that nobody owns the installation yet. */
const KEY = 'set_up';
const Fact = z.strictObject({ hash: z.string(), workspace: WorkspaceId });

/** The first owner of an installation: whoever holds the token that the first start printed. */
@Injectable()
export class SetUps {
  constructor(
    private readonly database: Database,
    private readonly instance: Instance,
  ) {}

  /** The workspace that waits for its owner; null when nobody is awaited. */
  async awaited(): Promise<WorkspaceId | null> {
    return (await this.#fact())?.workspace ?? null;
  }

  /** From now on a workspace waits for who holds this token, and no other. @param hash  SHA-256 of it */
  async await(workspace: WorkspaceId, hash: Uint8Array): Promise<void> {
    await this.instance.set(KEY, { hash: Buffer.from(hash).toString('hex'), workspace });
  }

  /**
   * Makes a person the owner of the workspace that waits, and names it.
   *
   * @throws Fault `access/invalid-link` unless this is the token, and its first use
   */
  async claim(
    hash: Uint8Array,
    owner: Pick<NewMember, 'email' | 'name' | 'passwordHash'>,
    workspaceName: string,
  ): Promise<StoredMember> {
    const known = await this.#fact();
    if (!known || !timingSafeEqual(Buffer.from(known.hash, 'hex'), hash)) throw fault('access/invalid-link');
    const { workspace } = known;
    const memberId = newId('member');
    const row = await this.database.withLogin(memberId, [workspace], async (tx) => {
      const { count } = await tx.instance.deleteMany({ where: { key: KEY, value: { equals: known } } });
      if (count === 0) throw fault('access/invalid-link');
      await createLogin(tx, memberId, owner);
      await tx.workspace.update({ where: { id: uuidOf(workspace) }, data: { name: workspaceName } });
      const actor = `member:${memberId}` as const;
      await appendAudit(tx, workspace, { actor, action: 'workspace.claim', target: workspace });
      const person = { ...owner, role: 'owner' as const };
      return createMember(tx, workspace, memberId, person, { actor, action: 'member.create' });
    });
    return memberOf(row);
  }

  async #fact(): Promise<z.infer<typeof Fact> | null> {
    return Fact.safeParse(await this.instance.get(KEY)).data ?? null;
  }
}
