import type { InboxConversation } from '#libs/model';

type Person = Pick<InboxConversation['contact'], 'name' | 'addresses'>;

/** What a person is called: their name, else an address that says something, else that and the end of what tells them apart. */
export function nameOf(contact: Person, unknown: string): string {
  const said = contact.name ?? contact.addresses.find(({ kind }) => kind !== 'visitor')?.value;
  return said ?? `${unknown} ${contact.addresses[0]?.value.slice(-4) ?? ''}`.trim();
}
