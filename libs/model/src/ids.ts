import { z } from 'zod';
import { LETTERS, decode, encode, fillUuid, fromUuid, toUuid } from './id-codec.js';

/**
 * Identifiers are TypeIDs: a prefix that says what is named, an underscore, and a version 7 UUID in 26 characters of
 * Crockford's base32. They sort by creation time, are safe in URLs and cannot be mistaken for each other.
 *
 * @see https://github.com/jetify-com/typeid/tree/main/spec (version 0.3.0, read 2026-11-21)
 */
export const idPrefixes = {
  workspace: 'ws',
  member: 'mem',
  invitation: 'inv',
  loginSession: 'lsn',
  apiKey: 'key',
  oauthClient: 'client',
  oauthToken: 'token',
  visitorKey: 'vkey',
  bot: 'bot',
  botProposal: 'bprp',
  channel: 'chan',
  contact: 'cont',
  identity: 'iden',
  contactMerge: 'cmrg',
  session: 'sess',
  conversation: 'conv',
  message: 'msg',
  inboxEvent: 'inb',
  mailbox: 'mbx',
  turn: 'turn',
  delivery: 'dlv',
  media: 'med',
  fact: 'fact',
  approval: 'appr',
  offer: 'offr',
  knowledgeBase: 'kb',
  knowledgeSource: 'ksrc',
  errand: 'err',
  passage: 'kpas',
  knowledgeGap: 'kgap',
  send: 'snd',
  sendBatch: 'sndb',
  webhookEndpoint: 'whe',
  webhookDelivery: 'whd',
  trigger: 'trg',
  export: 'exp',
  label: 'lbl',
  note: 'note',
  cannedReply: 'crep',
  request: 'req',
} as const;

/** What an identifier can name. */
export type IdKind = keyof typeof idPrefixes;

const SUFFIX = '[0-7][0-9a-hjkmnp-tv-z]{25}';
const SUFFIX_ONLY = new RegExp(`^${SUFFIX}$`);

function idSchema<Brand extends string>(kind: IdKind, brand: Brand) {
  return z
    .string()
    .regex(new RegExp(`^${idPrefixes[kind]}_${SUFFIX}$`))
    .brand<Brand>()
    .describe(`${brand}: \`${idPrefixes[kind]}_\` and 26 characters`);
}

export const WorkspaceId = idSchema('workspace', 'WorkspaceId');
export const MemberId = idSchema('member', 'MemberId');
export const InvitationId = idSchema('invitation', 'InvitationId');
export const LoginSessionId = idSchema('loginSession', 'LoginSessionId');
export const ApiKeyId = idSchema('apiKey', 'ApiKeyId');
export const OauthClientId = idSchema('oauthClient', 'OauthClientId');
export const OauthTokenId = idSchema('oauthToken', 'OauthTokenId');
export const VisitorKeyId = idSchema('visitorKey', 'VisitorKeyId');
export const BotId = idSchema('bot', 'BotId');
export const BotProposalId = idSchema('botProposal', 'BotProposalId');
export const ChannelId = idSchema('channel', 'ChannelId');
export const ContactId = idSchema('contact', 'ContactId');
export const IdentityId = idSchema('identity', 'IdentityId');
export const ContactMergeId = idSchema('contactMerge', 'ContactMergeId');
export const SessionId = idSchema('session', 'SessionId');
export const ConversationId = idSchema('conversation', 'ConversationId');
export const MessageId = idSchema('message', 'MessageId');
export const InboxEventId = idSchema('inboxEvent', 'InboxEventId');
export const ErrandId = idSchema('errand', 'ErrandId');
export const MailboxId = idSchema('mailbox', 'MailboxId');
export const TurnId = idSchema('turn', 'TurnId');
export const DeliveryId = idSchema('delivery', 'DeliveryId');
export const MediaId = idSchema('media', 'MediaId');
export const FactId = idSchema('fact', 'FactId');
export const ApprovalId = idSchema('approval', 'ApprovalId');
export const OfferId = idSchema('offer', 'OfferId');
export const KnowledgeBaseId = idSchema('knowledgeBase', 'KnowledgeBaseId');
export const KnowledgeSourceId = idSchema('knowledgeSource', 'KnowledgeSourceId');
export const PassageId = idSchema('passage', 'PassageId');
export const KnowledgeGapId = idSchema('knowledgeGap', 'KnowledgeGapId');
export const SendId = idSchema('send', 'SendId');
export const SendBatchId = idSchema('sendBatch', 'SendBatchId');
export const WebhookEndpointId = idSchema('webhookEndpoint', 'WebhookEndpointId');
export const WebhookDeliveryId = idSchema('webhookDelivery', 'WebhookDeliveryId');
export const TriggerId = idSchema('trigger', 'TriggerId');
export const ExportId = idSchema('export', 'ExportId');
export const LabelId = idSchema('label', 'LabelId');
export const NoteId = idSchema('note', 'NoteId');
export const CannedReplyId = idSchema('cannedReply', 'CannedReplyId');
export const RequestId = idSchema('request', 'RequestId');

export type WorkspaceId = z.infer<typeof WorkspaceId>;
export type MemberId = z.infer<typeof MemberId>;
export type InvitationId = z.infer<typeof InvitationId>;
export type LoginSessionId = z.infer<typeof LoginSessionId>;
export type ApiKeyId = z.infer<typeof ApiKeyId>;
export type OauthClientId = z.infer<typeof OauthClientId>;
export type OauthTokenId = z.infer<typeof OauthTokenId>;
export type VisitorKeyId = z.infer<typeof VisitorKeyId>;
export type BotId = z.infer<typeof BotId>;
export type BotProposalId = z.infer<typeof BotProposalId>;
export type ChannelId = z.infer<typeof ChannelId>;
export type ContactId = z.infer<typeof ContactId>;
export type IdentityId = z.infer<typeof IdentityId>;
export type ContactMergeId = z.infer<typeof ContactMergeId>;
export type SessionId = z.infer<typeof SessionId>;
export type ConversationId = z.infer<typeof ConversationId>;
export type MessageId = z.infer<typeof MessageId>;
export type InboxEventId = z.infer<typeof InboxEventId>;
export type ErrandId = z.infer<typeof ErrandId>;
export type MailboxId = z.infer<typeof MailboxId>;
export type TurnId = z.infer<typeof TurnId>;
export type DeliveryId = z.infer<typeof DeliveryId>;
export type MediaId = z.infer<typeof MediaId>;
export type FactId = z.infer<typeof FactId>;
export type OfferId = z.infer<typeof OfferId>;
export type ApprovalId = z.infer<typeof ApprovalId>;
export type KnowledgeBaseId = z.infer<typeof KnowledgeBaseId>;
export type KnowledgeSourceId = z.infer<typeof KnowledgeSourceId>;
export type PassageId = z.infer<typeof PassageId>;
export type KnowledgeGapId = z.infer<typeof KnowledgeGapId>;
export type SendId = z.infer<typeof SendId>;
export type SendBatchId = z.infer<typeof SendBatchId>;
export type WebhookEndpointId = z.infer<typeof WebhookEndpointId>;
export type WebhookDeliveryId = z.infer<typeof WebhookDeliveryId>;
export type TriggerId = z.infer<typeof TriggerId>;
export type ExportId = z.infer<typeof ExportId>;
export type LabelId = z.infer<typeof LabelId>;
export type NoteId = z.infer<typeof NoteId>;
export type CannedReplyId = z.infer<typeof CannedReplyId>;
export type RequestId = z.infer<typeof RequestId>;

/** The branded type of each kind of identifier. */
export interface IdOf {
  workspace: WorkspaceId;
  member: MemberId;
  invitation: InvitationId;
  loginSession: LoginSessionId;
  apiKey: ApiKeyId;
  oauthClient: OauthClientId;
  oauthToken: OauthTokenId;
  visitorKey: VisitorKeyId;
  bot: BotId;
  botProposal: BotProposalId;
  channel: ChannelId;
  contact: ContactId;
  identity: IdentityId;
  contactMerge: ContactMergeId;
  session: SessionId;
  conversation: ConversationId;
  message: MessageId;
  inboxEvent: InboxEventId;
  mailbox: MailboxId;
  errand: ErrandId;
  turn: TurnId;
  delivery: DeliveryId;
  media: MediaId;
  fact: FactId;
  offer: OfferId;
  approval: ApprovalId;
  knowledgeBase: KnowledgeBaseId;
  knowledgeSource: KnowledgeSourceId;
  passage: PassageId;
  knowledgeGap: KnowledgeGapId;
  send: SendId;
  sendBatch: SendBatchId;
  webhookEndpoint: WebhookEndpointId;
  webhookDelivery: WebhookDeliveryId;
  trigger: TriggerId;
  export: ExportId;
  label: LabelId;
  note: NoteId;
  cannedReply: CannedReplyId;
  request: RequestId;
}

/** The one identifier that is being taken apart or put together: nothing here waits. */
const scratch = new Uint8Array(16);

/** A fresh identifier; later ones of the same process sort after earlier ones. */
export function newId<Kind extends IdKind>(kind: Kind): IdOf[Kind] {
  fillUuid(scratch);
  return `${idPrefixes[kind]}_${encode(scratch)}` as IdOf[Kind];
}

/** The UUID inside an identifier, in lower-case hexadecimal with hyphens. The identifier must be well-formed. */
export function uuidOf(id: string): string {
  decode(id, id.lastIndexOf('_') + 1, scratch);
  return toUuid(scratch);
}

/** The identifier of a kind for a UUID (with or without hyphens). */
export function idOf<Kind extends IdKind>(kind: Kind, uuid: string): IdOf[Kind] {
  fromUuid(uuid, scratch);
  return `${idPrefixes[kind]}_${encode(scratch)}` as IdOf[Kind];
}

/** Whether a text is a well-formed identifier of a kind. */
export function isId<Kind extends IdKind>(kind: Kind, text: string): text is IdOf[Kind] {
  const prefix = `${idPrefixes[kind]}_`;
  return (
    text.length === prefix.length + LETTERS &&
    text.startsWith(prefix) &&
    SUFFIX_ONLY.test(text.slice(prefix.length))
  );
}
