/** Small numbers in words, folded, in the languages that are shipped: en, de, es, fr, it, pt, nl. */
const cardinals: readonly (readonly string[])[] = [
  ['zero', 'null', 'cero', 'nul'],
  ['one', 'eins', 'ein', 'eine', 'uno', 'una', 'un', 'une', 'um', 'uma', 'een'],
  ['two', 'zwei', 'dos', 'deux', 'due', 'dois', 'duas', 'twee'],
  ['three', 'drei', 'tres', 'trois', 'tre', 'drie'],
  ['four', 'vier', 'cuatro', 'quatre', 'quattro', 'quatro'],
  ['five', 'funf', 'cinco', 'cinq', 'cinque', 'vijf'],
  ['six', 'sechs', 'seis', 'sei', 'zes'],
  ['seven', 'sieben', 'siete', 'sept', 'sette', 'sete', 'zeven'],
  ['eight', 'acht', 'ocho', 'huit', 'otto', 'oito'],
  ['nine', 'neun', 'nueve', 'neuf', 'nove', 'negen'],
  ['ten', 'zehn', 'diez', 'dix', 'dieci', 'dez', 'tien'],
  ['eleven', 'elf', 'once', 'onze', 'undici'],
  ['twelve', 'zwolf', 'doce', 'douze', 'dodici', 'doze', 'twaalf'],
];

/** The first ones of a list, folded. */
const ordinals: readonly (readonly string[])[] = [
  [],
  [
    'first',
    'erste',
    'ersten',
    'erster',
    'primero',
    'primera',
    'premier',
    'premiere',
    'primo',
    'prima',
    'primeiro',
    'primeira',
    'eerste',
  ],
  [
    'second',
    'zweite',
    'zweiten',
    'zweiter',
    'segundo',
    'segunda',
    'deuxieme',
    'secondo',
    'seconda',
    'tweede',
  ],
  [
    'third',
    'dritte',
    'dritten',
    'dritter',
    'tercero',
    'tercera',
    'troisieme',
    'terzo',
    'terza',
    'terceiro',
    'terceira',
    'derde',
  ],
  ['fourth', 'vierte', 'vierten', 'cuarto', 'cuarta', 'quatrieme', 'quarto', 'quarta', 'vierde'],
  ['fifth', 'funfte', 'funften', 'quinto', 'quinta', 'cinquieme', 'vijfde'],
];

const lasts = new Set(['last', 'letzte', 'letzten', 'ultimo', 'ultima', 'dernier', 'derniere', 'laatste']);
/** Words that are an article or “a” far more often than the number one. */
const articles = new Set(['un', 'una', 'une', 'um', 'uma', 'ein', 'eine', 'een', 'one']);

const values = new Map(cardinals.flatMap((words, value) => words.map((word) => [word, value] as const)));
const places = new Map(ordinals.flatMap((words, place) => words.map((word) => [word, place] as const)));

/** The number that a folded word is; null for any other word. */
export function numberWord(word: string): number | null {
  return values.get(word) ?? null;
}

/**
 * The place in a list that a sentence names: “the second one”, “two”, “die letzte”.
 *
 * @param words   folded
 * @param length  of the list
 * @returns from 1; null when none or more than one is named
 */
export function placeNamed(words: readonly string[], length: number): number | null {
  const found = new Set<number>();
  for (const word of words) {
    const place = places.get(word) ?? (lasts.has(word) ? length : undefined);
    if (place !== undefined) found.add(place);
  }
  if (found.size === 0) {
    const isAlone = words.length === 1;
    for (const word of words) {
      const value = values.get(word);
      if (value !== undefined && (isAlone || !articles.has(word))) found.add(value);
    }
  }
  const [place] = found;
  return found.size === 1 && place! >= 1 && place! <= length ? place! : null;
}
