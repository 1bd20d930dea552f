import type { Mail } from './mail.js';
import { saysReport } from './report.js';

/** Why a mail is never answered by a machine. */
export type Automatic =
  | 'bounce'
  | 'delay'
  | 'read-receipt'
  | 'complaint'
  | 'auto-reply'
  | 'list'
  | 'bulk'
  | 'own-loop'
  | 'no-reply'
  | 'calendar';

/** What is known beside the mail itself. */
export interface Arrival {
  /** Envelope sender; empty for `<>`, null when nobody told. */
  returnPath: string | null;
  /** Our own loop marks, as `X-Parley-Loop` carries them. */
  ownMarks: readonly string[];
}

const header = (mail: Mail, name: string): string | null => {
  const raw = mail.headers.find((one) => one.name === name)?.raw;
  return raw === undefined ? null : raw.trim().toLowerCase();
};
const has = (mail: Mail, names: readonly string[]): boolean =>
  names.some((name) => header(mail, name) !== null);

/** Local parts that belong to machines. @see RFC 3834 §2, RFC 2142 (read 2026-11-21) */
const MACHINES =
  /^(?:mailer-daemon|mail-daemon|postmaster|double-bounce|bounces?(?:[+=._-].*)?|owner-.*|.*-(?:request|owner|bounces?|outgoing|relay)|listserv|majordomo|devnull|nobody|daemon|system|root)$/i;
const NO_REPLY =
  /^(?:.*[._+-])?(?:no|do[._-]?not|dont|not)[._-]?(?:reply|replay|respond|answer)(?:[._+-].*)?$|^(?:noreply|donotreply|keine-?antwort|nicht-?antworten|ne-?pas-?repondre|no-?responder|nao-?responda)/i;
/** Subjects of programs that mark their answers in no other way. */
const AUTO_SUBJECT =
  /^\s*(?:auto(?:matic|matische|matique|matica|mática)?[ -]?(?:reply|response|respond|antwort|generated)|automatisch antwoord|automatische antwort|réponse automatique|respuesta automática|resposta automática|risposta automatica|autosvar|automaattinen vastaus|automatyczna odpowiedź|automatická odpověď|автоматический ответ|автоответ|自动回复|自動回覆|自動返信|자동 회신|out of (?:the )?office|abwesenheits(?:notiz|benachrichtigung|info)|(?:ich bin )?(?:nicht im büro|außer haus)|absence du bureau|fuera de (?:la )?oficina|fuori (?:sede|ufficio)|afwezig(?:heidsbericht)?|fraværende|frånvaro|poissa|vacation (?:reply|response)|on vacation)\b/iu;
const BOUNCE_SUBJECT =
  /^\s*(?:undeliver(?:able|ed)|delivery (?:status notification|failure|has failed|incomplete)|mail delivery (?:failed|failure|system)|returned mail|failure notice|message undeliverable|warning: message .{1,40} delayed|unzustellbar|non remis|no se puede entregar|mancato recapito|onbestelbaar|не доставлено)/iu;

/**
 * Whether a machine wrote a mail, and which kind; null for what people write.
 *
 * In the order of what follows from it: a bounce is a bounce even when it also says that it is automatic.
 *
 * @see RFC 3834 §§2, 5 (read 2026-11-21)
 */
export function automaticOf(mail: Mail, { returnPath, ownMarks }: Arrival): Automatic | null {
  const reported = reportKind(mail);
  if (reported) return reported;
  const local = mail.from?.address.split('@')[0] ?? '';
  if (isBounceByForm(mail, local)) return 'bounce';
  const mark = header(mail, 'x-parley-loop');
  if (mark !== null && ownMarks.some((own) => mark.includes(own.toLowerCase()))) return 'own-loop';
  const submitted = header(mail, 'auto-submitted');
  if (submitted !== null && !/^no\b/.test(submitted))
    return submitted.startsWith('auto-generated') ? 'bulk' : 'auto-reply';
  if (has(mail, ['list-id', 'list-post', 'list-unsubscribe', 'list-help', 'mailing-list', 'x-mailing-list']))
    return 'list';
  const precedence = header(mail, 'precedence') ?? '';
  if (precedence.startsWith('list')) return 'list';
  if (/auto_?reply/.test(precedence) || saysAutomatic(mail)) return 'auto-reply';
  if (/^(?:bulk|junk)/.test(precedence) || has(mail, ['x-campaign-id', 'feedback-id', 'x-csa-complaints']))
    return 'bulk';
  if (AUTO_SUBJECT.test(mail.subject)) return 'auto-reply';
  if (
    header(mail, 'content-type')?.includes('text/calendar') &&
    /method=(?:"?)(?:reply|counter)/.test(header(mail, 'content-type')!)
  )
    return 'calendar';
  if (MACHINES.test(local)) return 'bulk';
  if (NO_REPLY.test(local)) return 'no-reply';
  return returnPath === '' || returnPath === '<>' ? 'auto-reply' : null;
}

function reportKind({ report, headers, subject }: Mail): Automatic | null {
  if (report?.kind === 'read') return 'read-receipt';
  if (report?.kind === 'complaint') return 'complaint';
  if (report) {
    const hasFailed =
      report.recipients.length === 0 || report.recipients.some(({ action }) => action === 'failed');
    return hasFailed ? 'bounce' : 'delay';
  }
  return saysReport(headers) && BOUNCE_SUBJECT.test(subject) ? 'bounce' : null;
}

/** Bounces from before there was a standard, and from servers that keep to none. */
function isBounceByForm(mail: Mail, local: string): boolean {
  if (header(mail, 'x-failed-recipients') !== null) return true;
  return /^(?:mailer-daemon|mail-daemon|postmaster)$/i.test(local) && BOUNCE_SUBJECT.test(mail.subject);
}

/** Headers by which programs from before RFC 3834 say it. */
function saysAutomatic(mail: Mail): boolean {
  const suppress = header(mail, 'x-auto-response-suppress') ?? '';
  return (
    has(mail, [
      'x-autoreply',
      'x-autorespond',
      'x-autoresponder',
      'x-autoreply-from',
      'x-autogenerated',
      'x-mail-autoreply',
      'x-vacation',
      'vacation',
    ]) ||
    /\b(?:all|oof|autoreply)\b/.test(suppress) ||
    /^(?:vacation|autoreply|auto_reply|out of office)/.test(
      header(mail, 'x-ms-exchange-generated-message-source') ?? '',
    ) ||
    /x-auto_?response/.test(header(mail, 'x-precedence') ?? '') ||
    header(mail, 'delivered-to') === 'autoresponder'
  );
}
