import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newId } from '#libs/model';
import type { Candidate, KnownWord } from '#libs/store';
import { extractAnswer } from './extract.js';
import { fuse } from './fuse.js';
import { prepareQuery, queryWords, type PreparedQuery } from './query.js';
import { scorePassage } from './score.js';

const none = [{ synonyms: [] }];
const known = (
  words: ReturnType<typeof queryWords>,
  counts: Record<string, number>,
  stops: string[] = [],
): KnownWord[] =>
  words.map(({ folded }, i) => ({
    i,
    stop: stops.includes(folded),
    lexemes: counts[folded] === undefined ? null : [{ l: folded, n: counts[folded] }],
  }));
const prepared = (query: string, counts: Record<string, number>, stops: string[] = []): PreparedQuery => {
  const words = queryWords(query, none);
  return prepareQuery(words, known(words, counts, stops), [], 100);
};
const candidate = (
  query: PreparedQuery,
  label: string[],
  body: string[],
  more: Partial<Candidate> = {},
): Candidate => ({
  passageId: newId('passage'),
  sourceId: newId('knowledgeSource'),
  title: 'T',
  label: label.join(' '),
  heading: label.join(' '),
  body: body.join(' '),
  isAnswer: true,
  url: null,
  language: 'en',
  weight: 1,
  similarity: 0,
  hits: query.lexemes.flatMap(({ l }, at): (readonly [number, boolean])[] =>
    label.includes(l) ? [[at, true]] : body.includes(l) ? [[at, false]] : [],
  ),
  ...more,
});

describe('a query', () => {
  it('is its words in lower case, folded beside, with the synonyms of what it holds', () => {
    const words = queryWords('Wo ist mein GELD zurück?', [
      {
        synonyms: [
          ['geld zurück', 'Erstattung'],
          ['auto', 'wagen'],
        ],
      },
    ]);
    expect(words.map(({ group, written, folded, quality }) => [group, written, folded, quality])).toEqual([
      [0, 'wo', 'wo', 1],
      [1, 'ist', 'ist', 1],
      [2, 'mein', 'mein', 1],
      [3, 'geld', 'geld', 1],
      [4, 'zurück', 'zuruck', 1],
      [3, 'erstattung', 'erstattung', 0.9],
    ]);
  });

  it('weighs rare words more, stop words nothing, and words that nobody knows as much as the rarest', () => {
    const { terms } = prepared('the red quagga invoice', { the: 90, red: 40, invoice: 2 }, ['the']);
    const [the, red, quagga, invoice] = terms.map(({ weight }) => weight);
    expect(the).toBe(0);
    expect(red!).toBeLessThan(invoice!);
    expect(quagga!).toBeGreaterThanOrEqual(invoice!);
  });

  it('takes a word that nobody knows for one that is a slip away, and a known one for none', () => {
    const words = queryWords('huors invoice', none);
    const near = [
      { asked: 'huors', word: 'hours', passages: 3 },
      { asked: 'huors', word: 'horse', passages: 3 },
      { asked: 'invoice', word: 'invoike', passages: 1 },
    ];
    const { terms, lexemes } = prepareQuery(words, known(words, { invoice: 2 }), near, 100);
    expect(terms.map(({ meant }) => meant)).toEqual([['hours'], []]);
    expect(lexemes.map(({ l }) => l).sort()).toEqual(['hours', 'invoice']);
  });

  it('finds by its rarest words, so that no search walks through everything', () => {
    const { lexemes } = prepareQuery(
      queryWords('rare common frequent', none),
      known(queryWords('rare common frequent', none), { rare: 3, common: 1_400, frequent: 40_000 }),
      [],
      50_000,
    );
    expect(lexemes.map(({ l, f }) => [l, f])).toEqual([
      ['rare', true],
      ['common', true],
      ['frequent', false],
    ]);
  });

  it('may be anything', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const words = queryWords(text, [{ synonyms: [['a b', 'c']] }]);
        expect(words.length).toBeLessThanOrEqual(96);
        prepareQuery(words, known(words, {}), [], 0);
      }),
    );
  });
});

describe('a score', () => {
  it('is nearly 1 for the question itself, falls with each word that is missing, and is 0 without any', () => {
    const counts = { return: 3, item: 3, bicycle: 1 };
    const whole = prepared('return item', counts);
    const part = prepared('return bicycle', counts);
    const other = prepared('bicycle', counts);
    const at = (query: PreparedQuery) =>
      scorePassage(query, candidate(query, ['return', 'item'], ['label'], { similarity: 1 }), null).score;
    expect(at(whole)).toBe(1);
    expect(at(part)).toBeGreaterThan(0.2);
    expect(at(part)).toBeLessThan(0.55);
    expect(at(other)).toBe(0);
  });

  it('is higher for words in the question than for words in the text below it', () => {
    const query = prepared('refund bank', { refund: 2, bank: 2 });
    const inLabel = scorePassage(query, candidate(query, ['refund', 'bank'], []), null);
    const inBody = scorePassage(query, candidate(query, ['other'], ['refund', 'bank']), null);
    expect(inLabel.score).toBeGreaterThan(inBody.score);
    expect(inBody.why).toMatchObject({ words: ['refund', 'bank'], missing: [], focus: 0 });
  });

  it('does not depend on how many passages there are', () => {
    const words = queryWords('refund bank', none);
    const few = prepareQuery(words, known(words, { refund: 2, bank: 2 }), [], 100);
    const many = prepareQuery(words, known(words, { refund: 200, bank: 200 }), [], 10_000);
    const of = (query: PreparedQuery) => scorePassage(query, candidate(query, ['refund'], []), null).score;
    expect(of(few)).toBeCloseTo(of(many), 5);
  });

  it('rises with nearness in meaning, and never above 1', () => {
    const query = prepared('reimburse', {});
    const scores = [null, 0.1, 0.5, 0.8, 1].map(
      (meaning) => scorePassage(query, candidate(query, ['refund'], []), meaning).score,
    );
    expect(scores).toEqual([...scores].sort((a, b) => a - b));
    expect(scores[0]).toBe(0);
    expect(scores.at(-1)).toBe(0.9);
  });
});

describe('fusing', () => {
  it('puts first what stands high in several lists', () => {
    const fused = fuse([
      ['a', 'b', 'c'],
      ['b', 'd'],
      ['c', 'b'],
    ]);
    expect([...fused.keys()][0]).toBe('b');
    expect(fused.get('d')).toBeCloseTo(1 / 62);
  });
});

describe('an extract', () => {
  const body =
    'We opened our first shop in 1999 and have grown ever since, thanks to people like you who tell their friends about us. Standard delivery is free from 40 euros. Below that it costs 4.90 euros. Our founders still work in the warehouse on Fridays, which keeps them close to what customers need. Parcels leave the house before noon. Everything else is decided by the team, and the team is proud of it and of the prizes that it has won over the years.';

  it('is the sentences that say most of what was asked, as they stand', () => {
    const forms = [
      { form: 'deliveri', weight: 2 },
      { form: 'cost', weight: 2 },
    ];
    expect(extractAnswer(body, forms)).toBe(
      'Standard delivery is free from 40 euros. Below that it costs 4.90 euros.',
    );
  });

  it('is the whole of what is short, and never more than a message', () => {
    expect(extractAnswer('Yes. To all of the EU.', [])).toBe('Yes. To all of the EU.');
    expect(extractAnswer('word '.repeat(5_000), [{ form: 'word', weight: 1 }]).length).toBeLessThanOrEqual(
      1_002,
    );
  });
});
