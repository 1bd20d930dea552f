import { describe, expect, it } from 'vitest';
import { authoring as ar } from './ar/authoring.js';
import { authoring as de } from './de/authoring.js';
import { authoring as en } from './en/authoring.js';
import { authoring as es } from './es/authoring.js';
import { authoring as fr } from './fr/authoring.js';

/** All keys of words, without the endings of counts, and the places that each fills in. */
function keysOf(words: object, before = ''): Map<string, string> {
  return new Map(
    Object.entries(words).flatMap(([name, value]: [string, unknown]): [string, string][] => {
      const key = before + name.replace(/_(zero|one|two|few|many|other)$/, '');
      if (typeof value !== 'string') return [...keysOf(value as object, `${key}.`)];
      return [
        [
          key,
          [...value.matchAll(/\{\{(\w+)\}\}/g)]
            .map(([, place = '']) => place)
            .toSorted((a, b) => a.localeCompare(b))
            .join(),
        ],
      ];
    }),
  );
}

describe('the words of authors', () => {
  it.each(Object.entries({ de, fr, es, ar }))('are all there in %s, with the same places', (_, words) => {
    expect(keysOf(words)).toEqual(keysOf(en));
  });
});
