import { createHash } from 'node:crypto';
import { fault } from '#libs/faults';
import { type Address, type ContactId, newId, type SendId, uuidOf, type WorkspaceId } from '#libs/model';
import type { WorkspaceTransaction } from '../database.js';
import { idOfOperation, type OperationId } from './idempotency.js';

/** To whom something is said. */
interface Targeted {
  to: ContactId | Address;
}

/**
 * The contacts of sends, in their order, with the same few questions however many there are. An address that is nobody's
 * becomes a contact, the same for every run of the write.
 */
export async function contactsFor(
  tx: WorkspaceTransaction,
  workspaceId: WorkspaceId,
  sends: readonly (Targeted & { sendId: SendId })[],
): Promise<string[]> {
  await requireContacts(tx, workspaceId, sends, () => '/contact_id');
  const strangers = new Map<string, Address & { sendId: SendId }>();
  for (const { to, sendId } of sends) {
    if (typeof to !== 'string' && !strangers.has(keyOf(to))) strangers.set(keyOf(to), { ...to, sendId });
  }
  const known = await contactsAt(tx, workspaceId, [...strangers.values()]);
  const made = [...strangers.values()].filter((address) => !known.has(keyOf(address)));
  if (made.length > 0) for (const [key, id] of await makeContacts(tx, workspaceId, made)) known.set(key, id);
  return sends.map(({ to }) => (typeof to === 'string' ? uuidOf(to) : known.get(keyOf(to))!));
}

/** Makes a contact of each address; of one that somebody wrote from in this moment, it is theirs. */
async function makeContacts(
  tx: WorkspaceTransaction,
  workspaceId: WorkspaceId,
  addresses: readonly (Address & { sendId: SendId })[],
): Promise<Map<string, string>> {
  const workspace = { workspaceId: uuidOf(workspaceId) };
  const contacts = addresses.map(({ sendId }) =>
    uuidOf(idOfOperation('contact', uuidOf(sendId) as OperationId)),
  );
  const identities = addresses.map(({ kind, value }, at) => {
    return {
      ...workspace,
      id: uuidOf(newId('identity')),
      contactId: contacts[at]!,
      kind,
      value,
      proof: 'claimed',
    };
  });
  await tx.contact.createMany({ data: contacts.map((id) => ({ ...workspace, id })), skipDuplicates: true });
  const { count } = await tx.identity.createMany({ data: identities, skipDuplicates: true });
  if (count === identities.length) return new Map(addresses.map((one, at) => [keyOf(one), contacts[at]!]));
  const met = await contactsAt(tx, workspaceId, addresses);
  const kept = new Set(met.values());
  const inVain = contacts.filter((id) => !kept.has(id));
  await tx.contact.deleteMany({ where: { ...workspace, id: { in: inVain }, identities: { none: {} } } });
  return met;
}

const keyOf = ({ kind, value }: Address): string => JSON.stringify([kind, value]);

/** Whose addresses are. Until the end of the transaction nobody else makes a contact of one of them. */
async function contactsAt(
  tx: WorkspaceTransaction,
  workspaceId: WorkspaceId,
  addresses: readonly Address[],
): Promise<Map<string, string>> {
  if (addresses.length === 0) return new Map();
  const workspace = uuidOf(workspaceId);
  // In one order for everybody: two batches with the same people do not wait for each other in a circle.
  const locks = addresses
    .map(({ kind, value }) =>
      createHash('sha256')
        .update(JSON.stringify([workspace, kind, value]))
        .digest('hex'),
    )
    .map((hash) => `address:${hash}`)
    .sort((a, b) => (a < b ? -1 : 1));
  await tx.$executeRaw`
    select pg_advisory_xact_lock(hashtextextended(name, 0)) from unnest(${locks}::text[]) as t (name)`;
  const kinds = addresses.map(({ kind }) => kind);
  const values = addresses.map(({ value }) => value);
  const rows = await tx.$queryRaw<{ kind: string; value: string; contact_id: string }[]>`
    select distinct on (i.kind, i.value) i.kind, i.value, i.contact_id
      from unnest(${kinds}::text[], ${values}::text[]) as a (kind, value)
      join identity i on i.workspace_id = ${workspace}::uuid and i.kind = a.kind and i.value = a.value
     order by i.kind, i.value, i.id`;
  return new Map(rows.map((row) => [keyOf(row as Address & typeof row), row.contact_id]));
}

/** @throws Fault `input/invalid` that points at the first target that is nobody */
export async function requireContacts(
  tx: WorkspaceTransaction,
  workspaceId: WorkspaceId,
  sends: readonly Targeted[],
  pointerTo = (at: number): string => `/to/${at}/contact_id`,
): Promise<void> {
  const named = [...new Set(sends.flatMap(({ to }) => (typeof to === 'string' ? [uuidOf(to)] : [])))];
  if (named.length === 0) return;
  const where = { workspaceId: uuidOf(workspaceId), id: { in: named } };
  const found = new Set((await tx.contact.findMany({ where, select: { id: true } })).map(({ id }) => id));
  const at = sends.findIndex(({ to }) => typeof to === 'string' && !found.has(uuidOf(to)));
  if (at >= 0) throw unknown(pointerTo(at), 'There is no such contact.');
}

/** Something that a send names and that is not there. */
export function unknown(pointer: string, detail: string) {
  return fault('input/invalid', { detail, errors: [{ pointer, code: 'unknown', detail }] });
}
