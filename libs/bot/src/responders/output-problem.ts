import { optionsOf, plainTextOf, type Content, type Guardrails } from '#libs/model';
import type { TurnContext } from '../context.js';
import type { Replies } from '../responder.js';
import { detectLanguage } from '../understanding/language.js';
import { holdsAny } from './holds-any.js';
import { linksIn } from './links.js';

/** What a reply may not be or hold. */
export type OutputProblem = 'too long' | 'a forbidden phrase' | 'a link elsewhere' | 'another language';

/** The first thing that a bot's `output` forbids in its replies, whoever wrote them; null when there is none. */
export async function outputProblem(
  output: NonNullable<Guardrails['output']>,
  replies: Replies,
  draft: TurnContext,
): Promise<OutputProblem | null> {
  const texts = replies.flat().flatMap(textsOf);
  const whole = texts.join('\n');
  if (output.characters_max !== undefined && whole.length > output.characters_max) return 'too long';
  if (holdsAny(output.forbidden, whole)) return 'a forbidden phrase';
  const { hosts } = output;
  if (hosts && replies.flat().some((content) => linksIn(content).some((host) => !isBelow(host, hosts)))) {
    return 'a link elsewhere';
  }
  return output.same_language && (await isOtherLanguage(whole, draft)) ? 'another language' : null;
}

/** Only where both languages can be told. */
async function isOtherLanguage(reply: string, draft: TurnContext): Promise<boolean> {
  const asked = await detectLanguage(draft.heard[0]?.text ?? '');
  const answered = asked === null ? null : await detectLanguage(reply);
  return answered !== null && answered !== asked;
}

function isBelow(host: string, hosts: readonly string[]): boolean {
  return hosts.some(
    (allowed) => host === allowed.toLowerCase() || host.endsWith(`.${allowed.toLowerCase()}`),
  );
}

function textsOf(content: Content): string[] {
  return [plainTextOf(content), ...optionsOf(content).map(({ label }) => label)].filter(
    (text) => text !== '',
  );
}
