import { describe, expect, it } from 'vitest';
import { ar } from './ar/index.js';
import { de } from './de/index.js';
import { en } from './en/index.js';
import { es } from './es/index.js';
import { fr } from './fr/index.js';
import { allCounts } from './ar/all-counts.js';
import { sameEverywhere, sameIn } from './same-words.js';

const languages: Record<string, object> = { de, fr, es, ar };
const FORM = /_(?:zero|one|two|few|many|other)$/;
const english = flat(en);

describe.each(Object.entries(languages))('the words in %s', (language, words) => {
  // What codes mean is said by the server in English: test/contract looks that other languages know every code.
  const texts = flat({ ...words, problems: {} });

  it('are all there', () => {
    expect(absent(bases(english), bases(texts))).toEqual([]);
  });

  it('are none that English does not have', () => {
    expect(absent(bases(texts), bases(english))).toEqual([]);
  });

  it('have every form of counting of that language, and no other', () => {
    const wanted = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    const wrong = countedIn(english).filter((name) => formsOf(texts, name).join() !== sorted(wanted).join());
    expect(wrong).toEqual([]);
  });

  it('fill in the same places as the English ones', () => {
    const wrong = [...texts].filter(([name, text]) => {
      const original = english.get(name) ?? english.get(name.replace(FORM, '_other')) ?? '';
      return placesIn(text, name).join() !== placesIn(original, name).join();
    });
    expect(wrong).toEqual([]);
  });

  it('are translated: none is the English one, but for words that are the same', () => {
    const same = new Set([...sameEverywhere, ...(sameIn[language] ?? [])]);
    const left = [...texts].filter(([name, text]) => isEnglish(name, text) && !same.has(text));
    expect(left.map(([name, text]) => `${name}: ${text}`)).toEqual([]);
  });

  it('are listed as the same as in English only while they are', () => {
    const unused = [...(sameIn[language] ?? [])].filter(
      (word) => ![...texts].some(([name, text]) => text === word && isEnglish(name, text)),
    );
    expect(unused).toEqual([]);
  });
});

it('one wording for all counts is the wording of each', () => {
  expect(new Set(Object.values(allCounts('x', 'y')))).toEqual(new Set(['y']));
  expect(Object.keys(allCounts('x', 'y')).map((name) => name.slice(2))).toEqual([
    'zero',
    'one',
    'two',
    'few',
    'many',
    'other',
  ]);
});

/** Every text by its name, `namespace.group.name`. */
function flat(words: object, before = ''): Map<string, string> {
  return new Map(
    Object.entries(words).flatMap(([name, value]: [string, unknown]): [string, string][] =>
      typeof value === 'string' ? [[before + name, value]] : [...flat(value as object, `${before}${name}.`)],
    ),
  );
}

function isEnglish(name: string, text: string): boolean {
  const original = english.get(name) ?? english.get(name.replace(FORM, '_other'));
  return text === original && /\p{L}{2}/u.test(text.replaceAll(/\{\{\w+\}\}/g, ''));
}

/** The names without the endings of counts. */
function bases(texts: Map<string, string>): Set<string> {
  return new Set([...texts.keys()].map((name) => name.replace(FORM, '')));
}

function absent(wanted: Set<string>, there: Set<string>): string[] {
  return [...wanted].filter((name) => !there.has(name));
}

/** The names of the texts that are counted. */
function countedIn(texts: Map<string, string>): string[] {
  return [...texts.keys()].filter((name) => name.endsWith('_other')).map((name) => name.replace(FORM, ''));
}

function formsOf(texts: Map<string, string>, base: string): string[] {
  const names = [...texts.keys()].filter((name) => FORM.test(name) && name.replace(FORM, '') === base);
  return sorted(names.map((name) => name.slice(base.length + 1)));
}

/** The places that a text fills in. For nothing at all a form may leave everything out, else only its number. */
function placesIn(text: string, name: string): string[] {
  if (name.endsWith('_zero')) return [];
  const places = [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, place = '']) => place);
  return sorted(new Set(places.filter((place) => !(FORM.test(name) && place === 'count'))));
}

function sorted(words: Iterable<string>): string[] {
  return [...words].toSorted((a, b) => a.localeCompare(b));
}
