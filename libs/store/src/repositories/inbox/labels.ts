import { Injectable } from '@nestjs/common';
import { fault } from '#libs/faults';
import {
  type CreateLabel,
  idOf,
  type Label,
  type LabelId,
  newId,
  uuidOf,
  type UpdateLabel,
  type WorkspaceId,
} from '#libs/model';
import type { Label as LabelRow } from '#prisma/client';
import { Database } from '../../database.js';
import { type Actor, appendAudit } from '../audit-log.js';
import { decodeCursor, type PageOf, pageOf, type PageRequest } from '../cursor.js';

/** Labels in a workspace: a list that a person can still read. */
const LABELS_MAX = 200;

/** Words that operators put on conversations. */
@Injectable()
export class Labels {
  constructor(private readonly database: Database) {}

  /**
   * Makes a label.
   *
   * @param labelId  for a write that may be repeated: the label that it made already is the answer
   * @throws Fault `state/already-exists` for a name that is taken; `state/conflict` when there are 200 already
   */
  async create(
    workspaceId: WorkspaceId,
    { name, colour }: CreateLabel,
    actor: Actor,
    labelId: LabelId = newId('label'),
  ): Promise<Label> {
    const key = { workspaceId: uuidOf(workspaceId), id: uuidOf(labelId) };
    const row = await this.database.withWorkspace(workspaceId, async (tx) => {
      const earlier = await tx.label.findUnique({ where: { workspaceId_id: key } });
      if (earlier) return earlier;
      if ((await tx.label.count({ where: { workspaceId: key.workspaceId } })) >= LABELS_MAX) {
        throw fault('state/conflict', { detail: `A workspace has at most ${LABELS_MAX} labels.` });
      }
      const made = await tx.label.create({ data: { ...key, name, colour } });
      await appendAudit(tx, workspaceId, { actor, action: 'label.create', target: labelId, data: { name } });
      return made;
    });
    return labelOf(row);
  }

  /** By name. @throws Fault `input/invalid-cursor` */
  async list(workspaceId: WorkspaceId, page: PageRequest): Promise<PageOf<Label>> {
    const after = decodeCursor('labels', page);
    const behind = page.order === 'asc' ? 'gt' : 'lt';
    const rows = await this.database.withWorkspace(workspaceId, (tx) =>
      tx.label.findMany({
        where: { workspaceId: uuidOf(workspaceId), ...(after !== null && { name: { [behind]: after } }) },
        orderBy: { name: page.order },
        take: page.limit + 1,
      }),
    );
    return pageOf('labels', page, rows, ({ name }) => name, labelOf);
  }

  /** @throws Fault `state/not-found`, `state/already-exists` */
  async update(
    workspaceId: WorkspaceId,
    labelId: LabelId,
    changes: UpdateLabel,
    actor: Actor,
  ): Promise<Label> {
    const { name, colour } = changes;
    const key = { workspaceId: uuidOf(workspaceId), id: uuidOf(labelId) };
    const row = await this.database.withWorkspace(workspaceId, async (tx) => {
      const data = { ...(name !== undefined && { name }), ...(colour !== undefined && { colour }) };
      const { count } = await tx.label.updateMany({ where: key, data });
      if (count === 0) throw fault('state/not-found', { facts: { labelId } });
      await appendAudit(tx, workspaceId, { actor, action: 'label.update', target: labelId, data });
      return tx.label.findUnique({ where: { workspaceId_id: key } });
    });
    return labelOf(row!);
  }

  /** Takes a label away, from all conversations too. @throws Fault `state/not-found` */
  async delete(workspaceId: WorkspaceId, labelId: LabelId, actor: Actor): Promise<void> {
    const key = { workspaceId: uuidOf(workspaceId), id: uuidOf(labelId) };
    await this.database.withWorkspace(workspaceId, async (tx) => {
      const { count } = await tx.label.deleteMany({ where: key });
      if (count === 0) throw fault('state/not-found', { facts: { labelId } });
      await appendAudit(tx, workspaceId, { actor, action: 'label.delete', target: labelId });
    });
  }
}

function labelOf({ id, name, colour, createdAt }: LabelRow): Label {
  return {
    id: idOf('label', id),
    name,
    colour: colour as Label['colour'],
    created_at: createdAt.toISOString(),
  };
}
