import { decodeCharset } from './charset.js';
import { readHeaders, readStructured, type MailHeader } from './mime-headers.js';
import { decodeBody, leavesOf, type MimePart } from './mime-parts.js';

/** What a mail server or a mailbox provider reports about a mail of ours. */
export interface DeliveryReport {
  kind: 'delivery' | 'read' | 'complaint';
  recipients: ReportedRecipient[];
  /** Message-ID of the mail it is about, where it came back with it. */
  originalId: string | null;
}
export interface ReportedRecipient {
  address: string | null;
  /** `failed`, `delayed`, `delivered`, `relayed`, `expanded`; `displayed` or `deleted` for read receipts. */
  action: string;
  /** Enhanced status code such as `5.1.1`; null when it does not say. */
  status: string | null;
  /** The server's own words. */
  diagnostic: string | null;
}

const BYTES = 65_536;

/**
 * Reads a bounce, a delay warning, a read receipt or a complaint; null for any other mail.
 *
 * @see RFC 3464 §2, RFC 8098 §3, RFC 5965 §3 (read 2026-11-21)
 */
export function readReport(root: MimePart): DeliveryReport | null {
  const leaves = leavesOf(root);
  const status = leaves.find(({ type }) => /^message\/(?:global-)?delivery-status$/.test(type.value));
  const originalId = originalIdOf(leaves);
  if (status) return { kind: 'delivery', recipients: recipientsOf(blocksOf(status)), originalId };
  const seen = leaves.find(({ type }) => type.value === 'message/disposition-notification');
  if (seen) return readReceipt(blocksOf(seen)[0] ?? [], originalId);
  const feedback = leaves.find(({ type }) => type.value === 'message/feedback-report');
  if (feedback) return complaint(blocksOf(feedback)[0] ?? [], originalId);
  return null;
}

/** Blocks of fields, as headers are written, with blank lines between. */
function blocksOf(part: MimePart): (readonly MailHeader[])[] {
  let rest: Buffer = decodeBody(part, BYTES);
  const blocks: (readonly MailHeader[])[] = [];
  while (rest.length > 0 && blocks.length < 200) {
    const { headers, bodyAt } = readHeaders(rest);
    if (headers.length > 0) blocks.push(headers);
    rest = rest.subarray(bodyAt > 0 ? bodyAt : rest.length);
  }
  return blocks;
}

function recipientsOf(blocks: readonly (readonly MailHeader[])[]): ReportedRecipient[] {
  return blocks.flatMap((fields) => {
    const address = field(fields, 'final-recipient') ?? field(fields, 'original-recipient');
    const action = field(fields, 'action');
    if (address === null && action === null) return [];
    const status = /\b([245]\.\d{1,3}\.\d{1,3})\b/;
    const diagnostic = afterType(field(fields, 'diagnostic-code'));
    return [
      {
        address: afterType(address)?.toLowerCase() ?? null,
        action: (action ?? 'failed').toLowerCase().split(/\s/)[0]!,
        status: status.exec(field(fields, 'status') ?? '')?.[1] ?? status.exec(diagnostic ?? '')?.[1] ?? null,
        diagnostic: diagnostic?.slice(0, 1_000) ?? null,
      },
    ];
  });
}

function readReceipt(fields: readonly MailHeader[], originalId: string | null): DeliveryReport {
  const disposition = (field(fields, 'disposition') ?? '').split(';').at(-1)!.trim().toLowerCase();
  const id = field(fields, 'original-message-id')?.replace(/^\s*<|>\s*$/g, '') ?? originalId;
  const address = afterType(field(fields, 'final-recipient'))?.toLowerCase() ?? null;
  return {
    kind: 'read',
    recipients: [{ address, action: disposition.split('/')[0]!, status: null, diagnostic: null }],
    originalId: id,
  };
}

function complaint(fields: readonly MailHeader[], originalId: string | null): DeliveryReport {
  const address = field(fields, 'original-rcpt-to')?.replace(/[<>]/g, '').toLowerCase() ?? null;
  const type = field(fields, 'feedback-type') ?? 'abuse';
  return {
    kind: 'complaint',
    recipients: [{ address, action: type, status: null, diagnostic: null }],
    originalId,
  };
}

const field = (fields: readonly MailHeader[], name: string): string | null => {
  const raw = fields.find((one) => one.name === name)?.raw;
  return raw === undefined ? null : decodeCharset(Buffer.from(raw, 'latin1'), null).trim();
};
/** `rfc822; a@b.example` → `a@b.example` */
const afterType = (text: string | null): string | null =>
  text?.replace(/^\s*[\w-]+\s*;\s*/, '').replace(/^<|>$/g, '') ?? null;

/** The Message-ID in the copy of the mail that comes back with a report, whole or headers only. */
function originalIdOf(leaves: readonly MimePart[]): string | null {
  for (const part of leaves.toReversed()) {
    if (!/^(?:message\/(?:rfc822|global)(?:-headers)?|text\/rfc822-headers)$/.test(part.type.value)) continue;
    const { headers } = readHeaders(decodeBody(part, BYTES * 4));
    const id = /<([^<>\s]{1,400})>/.exec(headers.find(({ name }) => name === 'message-id')?.raw ?? '')?.[1];
    if (id) return id;
  }
  return null;
}

/** Whether a header says that the mail is a report, even where the report itself cannot be read. */
export function saysReport(headers: readonly MailHeader[]): boolean {
  const type = readStructured(headers.find(({ name }) => name === 'content-type')?.raw ?? '');
  return type.value === 'multipart/report';
}
