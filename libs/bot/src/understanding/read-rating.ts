import { listNumberOf } from '../choices/number.js';
import { numberWord } from '../flows/answers/number-words.js';
import { wordsOf } from '../fold.js';

/** Longer texts are no rating, whatever stands in them. */
const wordsMax = 4;

const emojis = new Map<string, number>(
  [
    ['😡🤬😠👎😤🤮', 1],
    ['🙁☹😞😕😢😒', 2],
    ['😐😑🤔😶', 3],
    ['🙂👌😊☺', 4],
    ['😀😃😄😁😍🥰🤩👍❤🎉💯🙏', 5],
  ].flatMap(([signs, score]) => Array.from(String(signs), (sign) => [sign, Number(score)] as const)),
);

/** Folded words by what they rate; en, de, es, fr, it, pt, nl, ar. Written for this project. */
const ratings: readonly (readonly [number, string])[] = [
  [1, 'terrible awful horrible worst furchtbar schrecklich pesimo terribile horrivel vreselijk فظيع مريع'],
  [2, 'bad poor schlecht malo mala mauvais cattivo ruim mau slecht سيء سيئ سيئة'],
  [3, 'ok okay fine average alright geht mittel regular moyen normale mais عادي مقبول متوسط'],
  [4, 'good nice gut bien bueno buena bon bonne buono buona bom boa goed جيد جيدة'],
  [
    5,
    'great excellent perfect super wonderful amazing awesome toll perfekt ausgezeichnet excelente perfecto perfeito parfait ottimo perfetto uitstekend ممتاز ممتازة رائع رائعة',
  ],
];
const byWord = new Map(
  ratings.flatMap(([score, list]) => list.split(' ').map((word) => [word, score] as const)),
);
/** What may stand around a rating and says nothing itself, folded. */
const around = new Set(
  'very really it was the a an all so quite sehr es war muy fue tres c etait molto e stato muito foi heel stars star sterne estrellas etoiles stelle estrelas sterren points out of von de sur su van جدا كان كانت'.split(
    ' ',
  ),
);
const negations = new Set('not no nicht kein no pas non nao niet ليس ليست غير'.split(' '));

/**
 * Reads a rating of 1 to 5 out of a message that is nothing else: `4`, `4/5`, `four stars`, `⭐⭐⭐⭐`, `👍`, `very good`.
 *
 * @returns null for everything that says more, or something else: it is for others to answer
 */
export function readRating(text: string): number | null {
  const plain = text.slice(0, 100).replaceAll('\uFE0F', '').trim();
  const number = listNumberOf(plain) ?? outOfFive(plain);
  if (number !== null) return inScale(number);
  return inSigns(plain) ?? inWords(plain);
}

function outOfFive(text: string): number | null {
  const found = /^([1-5])\s*(?:\/|out of|von|de|sur|su|van)\s*5[.!]*$/iu.exec(text);
  return found ? Number(found[1]) : null;
}

/** Nothing but signs, which all mean the same; stars are counted. */
function inSigns(text: string): number | null {
  const signs = Array.from(text.replace(/[\s!.]|\p{Emoji_Modifier}/gu, ''));
  if (signs.length === 0) return null;
  if (signs.every((sign) => sign === '⭐' || sign === '★' || sign === '🌟')) return inScale(signs.length);
  const scores = new Set(signs.map((sign) => emojis.get(sign)));
  const [score] = scores;
  return scores.size === 1 && score !== undefined ? score : null;
}

function inWords(text: string): number | null {
  const words = wordsOf(text);
  if (words.length === 0 || words.length > wordsMax || /[?？؟]/.test(text)) return null;
  if (words.some((word) => negations.has(word))) return null;
  const told = words.filter((word) => !around.has(word));
  const scores = told.map(
    (word) => byWord.get(word) ?? numberWord(word) ?? (/^[1-5]$/.test(word) ? Number(word) : null),
  );
  const [score] = scores;
  return scores.length === 1 && score !== undefined && score !== null ? inScale(score) : null;
}

const inScale = (score: number): number | null => (score >= 1 && score <= 5 ? score : null);
