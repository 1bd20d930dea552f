import { Injectable } from '@nestjs/common';
import { fault } from '#libs/faults';
import {
  type AddIdentity,
  type Address,
  type ChannelId,
  type Consent,
  type Contact,
  type ContactId,
  type CreateContact,
  type Identity,
  type IdentityId,
  idOf,
  newId,
  type SetConsent,
  type UpdateContact,
  uuidOf,
  type WorkspaceId,
} from '#libs/model';
import type { Consent as ConsentRow, Identity as IdentityRow, Prisma } from '#prisma/client';
import { Database, type WorkspaceTransaction } from '../database.js';
import { type Actor, appendAudit } from './audit-log.js';
import { afterId, fingerprint, type PageOf, pageOf, type PageRequest } from './cursor.js';
import { type OperationId, idOfOperation } from './idempotency.js';

/** Which contacts a list holds. */
export interface ContactFilter {
  /** Part of a name or an address, in any case. */
  q?: string | undefined;
  /** A whole address, of whatever kind. */
  address?: string | undefined;
}

const WITH_IDENTITIES = { identities: { orderBy: { id: 'asc' } } } as const;
type ContactRow = Prisma.ContactGetPayload<{ include: typeof WITH_IDENTITIES }>;

/** People: their names, attributes and addresses, and what they agreed to. */
@Injectable()
export class Contacts {
  constructor(private readonly database: Database) {}

  /** Which of these contacts are there, also as a pointer to another. */
  async among(workspaceId: WorkspaceId, contactIds: readonly ContactId[]): Promise<ContactId[]> {
    const rows = await this.database.withWorkspace(workspaceId, (tx) =>
      tx.contact.findMany({
        where: { workspaceId: uuidOf(workspaceId), id: { in: contactIds.map((id) => uuidOf(id)) } },
        select: { id: true },
        orderBy: { id: 'asc' },
      }),
    );
    return rows.map(({ id }) => idOf('contact', id));
  }

  /**
   * Makes a contact.
   *
   * @param operationId  of a write that may be repeated: a contact that it made already is the answer
   * @throws Fault `state/already-exists` when one of the addresses is somebody's
   */
  async create(
    workspaceId: WorkspaceId,
    { name, attributes, identities }: CreateContact,
    actor: Actor,
    operationId?: OperationId,
  ): Promise<Contact> {
    const contactId = operationId ? idOfOperation('contact', operationId) : newId('contact');
    const row = await this.database.withWorkspace(workspaceId, async (tx) => {
      const earlier = operationId && (await findRow(tx, workspaceId, contactId));
      if (earlier) return earlier;
      const { id } = keyOf(workspaceId, contactId);
      await requireFree(tx, workspaceId, identities);
      await tx.contact.create({ data: { workspaceId: uuidOf(workspaceId), id, name, attributes } });
      await tx.identity.createMany({
        data: identities.map((one) => identityRow(workspaceId, contactId, one)),
      });
      await appendAudit(tx, workspaceId, { actor, action: 'contact.create', target: contactId });
      return requireContact(tx, workspaceId, contactId);
    });
    return contactOf(row);
  }

  /** @throws Fault `state/not-found` */
  async get(workspaceId: WorkspaceId, contactId: ContactId): Promise<Contact> {
    return contactOf(
      await this.database.withWorkspace(workspaceId, (tx) => requireContact(tx, workspaceId, contactId)),
    );
  }

  /**
   * Contacts by creation; those that were merged into others are left out.
   *
   * @throws Fault `input/invalid-cursor`
   */
  async list(
    workspaceId: WorkspaceId,
    page: PageRequest,
    filter: ContactFilter = {},
  ): Promise<PageOf<Contact>> {
    const list = `contacts:${fingerprint([filter.q ?? '', filter.address ?? ''])}`;
    const after = afterId(list, page);
    const rows = await this.database.withWorkspace(workspaceId, (tx) =>
      tx.contact.findMany({
        where: { workspaceId: uuidOf(workspaceId), mergedInto: null, AND: [after, conditionOf(filter)] },
        orderBy: { id: page.order },
        take: page.limit + 1,
        include: WITH_IDENTITIES,
      }),
    );
    return pageOf(list, page, rows, (row) => row.id, contactOf);
  }

  /** @throws Fault `state/not-found`, `state/conflict` for one that was merged into another */
  async update(
    workspaceId: WorkspaceId,
    contactId: ContactId,
    changes: UpdateContact,
    actor: Actor,
  ): Promise<Contact> {
    const row = await this.database.withWorkspace(workspaceId, async (tx) => {
      await lockContacts(tx, workspaceId, [contactId]);
      const before = requireUnmerged(await requireContact(tx, workspaceId, contactId));
      const attributes = { ...(before.attributes as Record<string, string>) };
      for (const [name, value] of Object.entries(changes.attributes ?? {})) {
        if (value === null) delete attributes[name];
        else attributes[name] = value;
      }
      if (Object.keys(attributes).length > 50) {
        const detail = 'A contact has at most 50 attributes.';
        throw fault('input/invalid', {
          detail,
          errors: [{ pointer: '/attributes', code: 'too_big', detail }],
        });
      }
      await tx.contact.update({
        where: { workspaceId_id: keyOf(workspaceId, contactId) },
        data: { attributes, ...(changes.name !== undefined && { name: changes.name }) },
      });
      const data = { fields: Object.keys(changes) };
      await appendAudit(tx, workspaceId, { actor, action: 'contact.update', target: contactId, data });
      return requireContact(tx, workspaceId, contactId);
    });
    return contactOf(row);
  }

  /**
   * Gives a contact an address. One that it has already gets the better proof of the two.
   *
   * @throws Fault `state/not-found`, `state/conflict` for a merged contact, `state/already-exists` when it is somebody else's
   */
  async addIdentity(
    workspaceId: WorkspaceId,
    contactId: ContactId,
    input: AddIdentity,
    actor: Actor,
  ): Promise<Identity> {
    const row = await this.database.withWorkspace(workspaceId, async (tx) => {
      await lockContacts(tx, workspaceId, [contactId]);
      const contact = requireUnmerged(await requireContact(tx, workspaceId, contactId));
      const known = contact.identities.find(
        ({ kind, value }) => kind === input.kind && value === input.value,
      );
      if (known && (known.proof === input.proof || input.proof === 'claimed')) return known;
      const data = { kind: input.kind, proof: input.proof };
      await appendAudit(tx, workspaceId, { actor, action: 'identity.add', target: contactId, data });
      if (known) {
        const where = { workspaceId_id: { workspaceId: uuidOf(workspaceId), id: known.id } };
        return tx.identity.update({ where, data: { proof: input.proof } });
      }
      await requireFree(tx, workspaceId, [input]);
      return tx.identity.create({ data: identityRow(workspaceId, contactId, input) });
    });
    return identityOf(row);
  }

  /**
   * Takes an address away: who writes from it next is somebody new. What was said from it stays.
   *
   * @throws Fault `state/not-found`
   */
  async removeIdentity(workspaceId: WorkspaceId, identityId: IdentityId, actor: Actor): Promise<void> {
    const where = { workspaceId: uuidOf(workspaceId), id: uuidOf(identityId) };
    await this.database.withWorkspace(workspaceId, async (tx) => {
      const found = await tx.identity.findUnique({ where: { workspaceId_id: where } });
      const { count } = await tx.identity.deleteMany({ where });
      if (!found || count === 0) throw fault('state/not-found', { facts: { identityId } });
      const target = idOf('contact', found.contactId);
      await appendAudit(tx, workspaceId, {
        actor,
        action: 'identity.remove',
        target,
        data: { kind: found.kind },
      });
    });
  }

  /** What a contact agreed to or refused, by channel and address. @throws Fault `state/not-found` */
  async consents(workspaceId: WorkspaceId, contactId: ContactId): Promise<Consent[]> {
    const rows = await this.database.withWorkspace(workspaceId, async (tx) => {
      const { identities } = await requireContact(tx, workspaceId, contactId);
      return consentRows(tx, workspaceId, identities);
    });
    return rows.map(consentOf);
  }

  /**
   * Sets whether messages may go to an address of a contact on a channel.
   *
   * @throws Fault `state/not-found`; `input/invalid` when the channel is not there or the address is not theirs
   */
  async setConsent(
    workspaceId: WorkspaceId,
    contactId: ContactId,
    { channel_id: channelId, kind, value, state }: SetConsent,
    actor: Actor,
  ): Promise<Consent> {
    const [workspace, channel] = [uuidOf(workspaceId), uuidOf(channelId)];
    const row = await this.database.withWorkspace(workspaceId, async (tx) => {
      const { identities } = requireUnmerged(await requireContact(tx, workspaceId, contactId));
      if (!identities.some((one) => one.kind === kind && one.value === value)) {
        throw unfit('/value', 'The contact has no such address.');
      }
      if ((await tx.channel.count({ where: { workspaceId: workspace, id: channel } })) === 0) {
        throw unfit('/channel_id', 'There is no such channel.');
      }
      const key = { workspaceId: workspace, channelId: channel, addressKind: kind, addressValue: value };
      const said = { state, source: 'api', changedAt: new Date() };
      const data = { channel: channelId, kind, state };
      await appendAudit(tx, workspaceId, { actor, action: 'consent.set', target: contactId, data });
      return tx.consent.upsert({
        where: { workspaceId_channelId_addressKind_addressValue: key },
        create: { ...key, ...said },
        update: said,
      });
    });
    return consentOf(row);
  }

  /** Whether somebody has refused messages at an address of a channel. */
  async hasRefused(
    workspaceId: WorkspaceId,
    channelId: ChannelId,
    { kind, value }: Address,
  ): Promise<boolean> {
    const where = { workspaceId: uuidOf(workspaceId), channelId: uuidOf(channelId), state: 'opted-out' };
    const count = await this.database.withWorkspace(workspaceId, (tx) =>
      tx.consent.count({ where: { ...where, addressKind: kind, addressValue: value } }),
    );
    return count > 0;
  }
}

/** Locks contacts until the commit, in one order for everybody. */
export async function lockContacts(
  tx: WorkspaceTransaction,
  workspaceId: WorkspaceId,
  contactIds: readonly ContactId[],
): Promise<void> {
  const ids = contactIds.map(uuidOf);
  await tx.$executeRaw`
    select 1 from contact where workspace_id = ${uuidOf(workspaceId)}::uuid and id = any (${ids}::uuid[])
     order by id for update`;
}

/** @throws Fault `state/not-found` */
export async function requireContact(
  tx: WorkspaceTransaction,
  workspaceId: WorkspaceId,
  contactId: ContactId,
): Promise<ContactRow> {
  const row = await findRow(tx, workspaceId, contactId);
  if (!row) throw fault('state/not-found', { facts: { contactId } });
  return row;
}

/** @throws Fault `state/conflict` for a contact that was merged into another */
export function requireUnmerged<Row extends { mergedInto: string | null }>(row: Row): Row {
  if (row.mergedInto === null) return row;
  const kept = idOf('contact', row.mergedInto);
  throw fault('state/conflict', { detail: `The contact was merged into ${kept}.`, facts: { kept } });
}

/** What was said about taking messages at any of these addresses. */
export async function consentRows(
  tx: WorkspaceTransaction,
  workspaceId: WorkspaceId,
  identities: readonly Pick<IdentityRow, 'kind' | 'value'>[],
): Promise<ConsentRow[]> {
  if (identities.length === 0) return [];
  const addresses = identities.map(({ kind, value }) => ({ addressKind: kind, addressValue: value }));
  return tx.consent.findMany({
    where: { workspaceId: uuidOf(workspaceId), OR: addresses },
    orderBy: [{ channelId: 'asc' }, { addressKind: 'asc' }, { addressValue: 'asc' }],
  });
}

export function consentOf(row: ConsentRow): Consent {
  return {
    channel_id: idOf('channel', row.channelId),
    kind: row.addressKind,
    value: row.addressValue,
    state: row.state as Consent['state'],
    source: row.source as Consent['source'],
    changed_at: row.changedAt.toISOString(),
  };
}

export function contactOf(row: ContactRow): Contact {
  return {
    id: idOf('contact', row.id),
    name: row.name,
    attributes: row.attributes as Record<string, unknown>,
    identities: row.identities.map(identityOf),
    merged_into: row.mergedInto && idOf('contact', row.mergedInto),
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  };
}

function identityOf(row: IdentityRow): Identity {
  return {
    id: idOf('identity', row.id),
    kind: row.kind,
    value: row.value,
    proof: row.proof as Identity['proof'],
    created_at: row.createdAt.toISOString(),
  };
}

function keyOf(workspaceId: WorkspaceId, contactId: ContactId): { workspaceId: string; id: string } {
  return { workspaceId: uuidOf(workspaceId), id: uuidOf(contactId) };
}

function findRow(
  tx: WorkspaceTransaction,
  workspaceId: WorkspaceId,
  contactId: ContactId,
): Promise<ContactRow | null> {
  const where = { workspaceId_id: keyOf(workspaceId, contactId) };
  return tx.contact.findUnique({ where, include: WITH_IDENTITIES });
}

function identityRow(workspaceId: WorkspaceId, contactId: ContactId, { kind, value, proof }: AddIdentity) {
  const ids = {
    workspaceId: uuidOf(workspaceId),
    id: uuidOf(newId('identity')),
    contactId: uuidOf(contactId),
  };
  return { ...ids, kind, value, proof };
}

/** Names whose an address is, before the unique key says only that it is taken. */
async function requireFree(
  tx: WorkspaceTransaction,
  workspaceId: WorkspaceId,
  identities: readonly AddIdentity[],
): Promise<void> {
  for (const { kind, value } of identities) {
    const taken = await tx.identity.findFirst({ where: { workspaceId: uuidOf(workspaceId), kind, value } });
    if (!taken) continue;
    const owner = idOf('contact', taken.contactId);
    const detail = `The ${kind} address is of ${owner}: merge the two if they are one person.`;
    throw fault('state/already-exists', { detail, facts: { owner } });
  }
}

function conditionOf({ q, address }: ContactFilter): Prisma.ContactWhereInput {
  const contains = {
    contains: q?.replaceAll(/[\\%_]/g, String.raw`\$&`) ?? '',
    mode: 'insensitive' as const,
  };
  return {
    ...(address !== undefined && { identities: { some: { value: address } } }),
    ...(q !== undefined && { OR: [{ name: contains }, { identities: { some: { value: contains } } }] }),
  };
}

function unfit(pointer: string, detail: string) {
  return fault('input/invalid', { detail, errors: [{ pointer, code: 'unknown', detail }] });
}
