import type { Manner } from '#libs/model';
import { detectLanguage } from '../understanding/language.js';
import { addressLanguages, otherAddress } from './address.js';
import { emojiBeyond, fewEmoji } from './emoji.js';
import { ownText } from './own-text.js';
import { swearingIn } from './profanity.js';
import { shoutIn } from './shouting.js';

/** What does not sound as it must. */
export interface MannerFinding {
  readonly rule: 'address' | 'emoji' | 'shouting' | 'profanity';
  /** What was found, in words for a person: `informal address in German`. */
  readonly what: string;
  /** Both counted from 1; the character within its line, in UTF-16 units. */
  readonly line: number;
  readonly character: number;
}

/** What is known where a text was written. */
export interface MannerScene {
  /** What the person wrote, to know quotes of it. */
  readonly said: readonly string[];
  /** The bot's, as ISO 639-1. */
  readonly languages: readonly string[];
}

/** Whether a manner asks for anything at all. */
export function hasManner(manner: Manner | undefined): manner is Manner {
  if (!manner) return false;
  return manner.address !== undefined || manner.emoji !== 'any' || manner.no_shouting || manner.no_profanity;
}

const names: Readonly<Record<string, string>> = { de: 'German', fr: 'French', es: 'Spanish' };

/**
 * Looks how a text sounds: by rules only, without a model, and in doubt in favour of the text.
 *
 * @returns the first thing that does not sound as it must; null when nothing does, and always without a setting
 */
export async function judgeManner(
  manner: Manner,
  text: string,
  scene: MannerScene,
): Promise<MannerFinding | null> {
  const { unquoted, answered } = ownText(text, scene.said);
  const finding = (rule: MannerFinding['rule'], what: string, at: number): MannerFinding => {
    const before = text.slice(0, at).split('\n');
    return { rule, what, line: before.length, character: before.at(-1)!.length + 1 };
  };
  const needsLanguage = manner.address !== undefined || manner.no_profanity;
  const language = needsLanguage ? await languageOf(unquoted, scene) : null;

  if (manner.no_profanity) {
    const at = swearingIn(answered, language);
    if (at !== null) return finding('profanity', 'a swear word', at);
  }
  if (manner.address !== undefined && language !== null) {
    const at = otherAddress(unquoted, language, manner.address);
    const other = manner.address === 'formal' ? 'informal' : 'formal';
    if (at !== null) return finding('address', `${other} address in ${names[language]}`, at);
  }
  if (manner.no_shouting) {
    const shout = shoutIn(unquoted);
    const what = shout?.kind === 'capitals' ? 'words in capitals' : 'exclamation marks in a row';
    if (shout) return finding('shouting', what, shout.at);
  }
  if (manner.emoji !== 'any') {
    const at = emojiBeyond(unquoted, manner.emoji === 'none' ? 0 : fewEmoji);
    const what = manner.emoji === 'none' ? 'an emoji' : `more than ${fewEmoji} emoji`;
    if (at !== null) return finding('emoji', what, at);
  }
  return null;
}

/** What a model is told beforehand, each a sentence. */
export function mannerRules(manner: Manner | undefined): string[] {
  if (!manner) return [];
  const { address, emoji } = manner;
  const forms = address === 'formal' ? '"Sie", "vous", "usted"' : '"du", "tu", "tú"';
  return [
    ...(address === undefined
      ? []
      : [`Address the customer in the ${address} way, in languages that have one: ${forms}.`]),
    ...(emoji === 'none' ? ['Use no emoji.'] : []),
    ...(emoji === 'few' ? [`Use at most ${fewEmoji} emoji.`] : []),
    ...(manner.no_shouting ? ['Do not write in capitals, and never two exclamation marks together.'] : []),
    ...(manner.no_profanity ? ['Never swear, also when the customer does.'] : []),
  ];
}

/** The language of a text that is too short to tell is the bot's only one, or else that of the person. */
async function languageOf(text: string, { said, languages }: MannerScene): Promise<string | null> {
  const bare = text.replaceAll('\uFFFC', ' ');
  const written = await detectLanguage(bare);
  if (written !== null) return written;
  const sole = languages.length === 1 ? languages[0]!.slice(0, 2).toLowerCase() : null;
  if (sole !== null) return addressLanguages.includes(sole) ? sole : null;
  return detectLanguage(said.join('\n'));
}
