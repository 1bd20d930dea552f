import { z } from 'zod';
import { listOf, Metadata, Page } from './api.js';
import { ChannelId, ContactId, ContactMergeId, IdentityId } from './ids.js';
import { Address } from './inbound.js';

const instant = z.iso.datetime().describe('RFC 3339, UTC');
const address = Address.omit({ name: true }).shape;
const name = z.string().trim().min(1).max(200);

/** How we know that an address is a person's. */
export const IdentityProof = z.enum(['seen', 'claimed', 'verified']);
export type IdentityProof = z.infer<typeof IdentityProof>;

export const AddIdentity = z
  .strictObject({
    ...address,
    proof: z
      .enum(['claimed', 'verified'])
      .default('claimed')
      .describe('claimed: somebody says so · verified: you have checked that the address is theirs'),
  })
  .meta({ id: 'AddIdentity' });
export type AddIdentity = z.infer<typeof AddIdentity>;

export const Identity = z
  .object({
    id: IdentityId,
    kind: z.string(),
    value: z.string(),
    proof: IdentityProof.describe(
      'seen: they wrote from it · claimed: somebody says so · verified: it was checked',
    ),
    created_at: instant,
  })
  .meta({ id: 'Identity' });
export type Identity = z.infer<typeof Identity>;

export const CreateContact = z
  .strictObject({
    name: name.nullable().default(null),
    attributes: Metadata.default({}),
    identities: z.array(AddIdentity).max(20).default([]),
  })
  .meta({ id: 'CreateContact' });
export type CreateContact = z.infer<typeof CreateContact>;

export const UpdateContact = z
  .strictObject({
    name: name.nullable().optional(),
    attributes: z
      .record(z.string().min(1).max(64), z.string().max(500).nullable())
      .optional()
      .describe('Merged into what is there; null takes one away'),
  })
  .meta({ id: 'UpdateContact' });
export type UpdateContact = z.infer<typeof UpdateContact>;

export const Contact = z
  .object({
    id: ContactId,
    name: z.string().nullable(),
    attributes: z.record(z.string(), z.unknown()),
    identities: z.array(Identity),
    merged_into: ContactId.nullable().describe('Who they turned out to be: everything of theirs is there'),
    created_at: instant,
    updated_at: instant,
  })
  .meta({ id: 'Contact' });
export type Contact = z.infer<typeof Contact>;
export const ContactList = listOf(Contact, 'ContactList');

export const ContactPage = Page.extend({
  q: z.string().trim().min(1).max(200).optional().describe('Part of a name or of an address, in any case'),
  address: z.string().min(1).max(512).optional().describe('Exactly this address, of whatever kind'),
});
export type ContactPage = z.infer<typeof ContactPage>;

// Merging ------------------------------------------------------------------------------------------------------------

export const MergeContact = z
  .strictObject({ contact_id: ContactId.describe('Who is the same person: everything of theirs moves here') })
  .meta({ id: 'MergeContact' });
export type MergeContact = z.infer<typeof MergeContact>;

export const ContactMerge = z
  .object({
    id: ContactMergeId,
    kept_id: ContactId,
    merged_id: ContactId,
    merged_at: instant,
    undo_until: instant,
    undone_at: instant.nullable(),
  })
  .meta({ id: 'ContactMerge' });
export type ContactMerge = z.infer<typeof ContactMerge>;
export const ContactMergeList = listOf(ContactMerge, 'ContactMergeList');
export const ContactMergePage = Page.extend({ contact_id: ContactId.optional() });
export type ContactMergePage = z.infer<typeof ContactMergePage>;

// Consent ------------------------------------------------------------------------------------------------------------

export const SetConsent = z
  .strictObject({
    channel_id: ChannelId,
    ...address,
    state: z.enum(['opted-in', 'opted-out']).describe('opted-out: nothing is sent there on this channel'),
  })
  .meta({ id: 'SetConsent' });
export type SetConsent = z.infer<typeof SetConsent>;

export const Consent = z
  .object({
    channel_id: ChannelId,
    kind: z.string(),
    value: z.string(),
    state: z.enum(['opted-in', 'opted-out']),
    source: z
      .enum(['person', 'api'])
      .describe('Who said so: the person on the channel, or a program for them'),
    changed_at: instant,
  })
  .meta({ id: 'Consent' });
export type Consent = z.infer<typeof Consent>;
export const ConsentList = z.object({ data: z.array(Consent) }).meta({ id: 'ConsentList' });
export type ConsentList = z.infer<typeof ConsentList>;

// Erasing ------------------------------------------------------------------------------------------------------------

export const EraseContact = z
  .strictObject({ dry_run: z.boolean().default(false).describe('Counts, and erases nothing') })
  .meta({ id: 'EraseContact' });
export type EraseContact = z.infer<typeof EraseContact>;

export const ContactErasure = z
  .object({
    contact_id: ContactId,
    contacts: z.int().describe('With those that were merged into it'),
    identities: z.int(),
    conversations: z.int(),
    messages: z.int(),
    inbox_events: z.int().describe('What came in, as it came in'),
    files: z.int(),
  })
  .meta({ id: 'ContactErasure' });
export type ContactErasure = z.infer<typeof ContactErasure>;
