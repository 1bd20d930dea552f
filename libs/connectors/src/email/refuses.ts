import type { Destination, Part, Refusal } from '../connector.js';
import type { EmailSettings } from './manifest.js';

/** Turns within ten minutes that answer mails which answer none of ours. */
const LATELY_MAX = 2;

/**
 * Why the bot keeps silent: on the other end may be a machine that answers everything and says so in no way. What people
 * write always goes out.
 *
 * A mail that answers ours was looked at when it came (`readMail`); one that does not, however often it comes, gets the same
 * words once a day, and no third answer within ten minutes. Everybody gets `automatic_per_day` answers a day.
 *
 * @see RFC 3834 §2 (read 2026-11-21)
 */
export function refuses(_part: Part, to: Destination, settings: EmailSettings): Refusal | null {
  const said = to.saidBefore;
  if (!said) return null;
  const by = to.lastInboundMetadata?.['threaded_by'];
  const answersOurs = by === 'own-id' || by === 'token';
  if (!answersOurs && said.isRepeated)
    return refusal(
      'said-today',
      'The bot wrote the same to this address within 24 hours; once a day is enough.',
    );
  if (!answersOurs && said.turnsLately >= LATELY_MAX)
    return refusal(
      'too-many',
      'This address got two automatic answers within ten minutes without answering them.',
    );
  return said.turnsToday >= settings.automatic_per_day
    ? refusal('too-many', `This address got ${settings.automatic_per_day} automatic answers within 24 hours.`)
    : null;
}

const refusal = (code: string, reason: string): Refusal => ({ code, reason });
