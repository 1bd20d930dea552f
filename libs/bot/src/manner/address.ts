import { isCapitals, isPart, mayBegin, placedWords, type PlacedWord } from './words.js';

/** How somebody is addressed. */
export type Address = 'formal' | 'informal';

/** What a word says about it; null where it says nothing, or could mean somebody else. */
type Judge = (word: PlacedWord) => Address | null;

const setOf = (words: string): ReadonlySet<string> => new Set(words.split(/\s+/));

/** Behind these a word is a name for the form itself, or a noun: “per du”, “beim Sie”. */
const formsDe = setOf('per beim zum vom auf');
const informalDe = setOf(
  'du dich dir dein deine deinem deinen deiner deines euch euer eure eurem euren eurer eures',
);
/** Imperatives that are no nouns; only as the first word. */
const commandsDe = setOf('gib nimm lies schreib sag schick hilf probier');
const formalDe = setOf('Sie Ihnen Ihr Ihre Ihrem Ihren Ihrer Ihres');
const beforeDu = /(?:st|wenn|falls|ob|dass|weil|sobald|bevor|damit|was|wie|wo|wann|warum|und|oder|aber)$/i;

const german: Judge = (word) => {
  if (isPart(word) || isCapitals(word.word) || formsDe.has(word.before.toLowerCase())) return null;
  const low = word.word.toLowerCase();
  if (informalDe.has(low)) return low === 'du' && isInName(word) ? null : 'informal';
  if (mayBegin(word)) return commandsDe.has(low) && isCapital(word.word) ? 'informal' : null;
  // “Sie” in the midst of a sentence is nobody but the person; at its beginning it may be “they” or “she”.
  return formalDe.has(word.word) ? 'formal' : null;
};

/** `Cirque du Soleil`. */
function isInName({ word, before, behind, gap }: PlacedWord): boolean {
  const stands = word === 'du' && gap === ' ' && isCapital(before) && isCapital(behind);
  return stands && !beforeDu.test(before);
}

const informalFr = setOf('tu te toi ton ta tes tien tienne tiens tiennes');
/** Of these some are nouns or verbs: “le ton”, “il s’est tu”, “je tiens à …”. */
const notFr: Readonly<Record<string, ReadonlySet<string>>> = {
  ton: setOf('le un du au ce quel bon même votre notre son leur sur demi haut'),
  tu: setOf('est a ai ont sont était avait avoir être été'),
  tien: setOf('le un du'),
  tiens: setOf('je me m y les'),
};
const formalFr = setOf('vous votre vos vôtre vôtres veuillez');
const severalFr = setOf('tous toutes deux trois quatre autres');
const commandsFr = setOf(
  'cliquez contactez envoyez indiquez donnez appelez essayez choisissez entrez écrivez répondez consultez vérifiez utilisez patientez notez',
);

const french: Judge = (word) => {
  const low = word.word.toLowerCase();
  const before = word.before.toLowerCase();
  // A hyphen before is an inversion: “as-tu”, “pouvez-vous”.
  if (isCapitals(word.word) || isPart(word, /[_/\\@#\d\uFFFC]$/u)) return null;
  const mid = !mayBegin(word) && isCapital(word.word);
  if (low === 't' && /^['’]/.test(word.next) && !word.gap.endsWith('-') && !mid) return 'informal';
  if (informalFr.has(low)) return mid || notFr[low]?.has(before) ? null : 'informal';
  if (low === 'vous') {
    const isNoun = before === 'rendez' || (before === 'à' && word.gap === '-');
    return isNoun || severalFr.has(word.behind.toLowerCase()) ? null : 'formal';
  }
  if (formalFr.has(low)) return 'formal';
  return commandsFr.has(low) && mayBegin(word) ? 'formal' : null;
};

const informalEs = setOf(
  `tú tu tus te ti contigo tuyo tuya tuyos tuyas vos vosotros vosotras vuestro vuestra vuestros vuestras eres estás has
  puedes quieres tienes debes necesitas prefieres sabes deseas podrás podrías tendrás recibirás podés tenés querés`,
);
const formalEs = setOf('usted ud vd');
const commandsEs = setOf(
  'haga escriba introduzca indique envíe seleccione elija díganos dígame póngase contáctenos disculpe responda revise consulte espere',
);

const spanish: Judge = (word) => {
  const low = word.word.toLowerCase();
  if (isPart(word) || isCapitals(word.word)) return null;
  const begins = mayBegin(word);
  if (informalEs.has(low)) return !begins && isCapital(word.word) ? null : 'informal';
  if (formalEs.has(low)) return 'formal';
  const isAsked = begins || word.before.toLowerCase() === 'favor';
  return commandsEs.has(low) && isAsked ? 'formal' : null;
};

const judges: Readonly<Record<string, Judge>> = { de: german, fr: french, es: spanish };

/** The languages whose forms of address are told apart, as ISO 639-1. */
export const addressLanguages: readonly string[] = Object.keys(judges);

/**
 * Where a text addresses somebody otherwise than wanted. A word that could mean somebody else counts for nothing.
 *
 * @param text  without quotes and code
 * @param language  ISO 639-1; of one without forms of address nothing is found
 * @returns the place in UTF-16 units; null when there is none
 */
export function otherAddress(text: string, language: string, wanted: Address): number | null {
  const judge = judges[language];
  if (!judge) return null;
  const found = placedWords(text).find((word) => {
    const address = judge(word);
    return address !== null && address !== wanted;
  });
  return found?.at ?? null;
}

function isCapital(word: string): boolean {
  const first = word.slice(0, 1);
  return first !== first.toLowerCase();
}
