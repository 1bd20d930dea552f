import { describe, expect, it } from 'vitest';
import { contrastOf, inkOn } from './colours.js';
import { previewOf } from './preview.js';
import { readSettings } from './settings.js';
import { texts as ar } from './texts/ar.js';
import { texts as de } from './texts/de.js';
import { en } from './texts/en.js';
import { texts as es } from './texts/es.js';
import { texts as fr } from './texts/fr.js';
import { directionOf, languageFor, textsOf } from './texts/language.js';

describe('the ink on a colour', () => {
  it.each(['#1a7f64', '#ffe066', '#000000', '#ffffff', '#808080', '#e11d48', '#5cc4a3'])(
    'can be read on %s',
    (colour) => {
      expect(contrastOf(colour, inkOn(colour))).toBeGreaterThanOrEqual(4.5);
    },
  );

  it('has the contrast that the guidelines compute', () => {
    expect(contrastOf('#000000', '#ffffff')).toBeCloseTo(21, 5);
    expect(contrastOf('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
  });
});

describe('settings', () => {
  it('are what the page says, and sensible where it says nothing or nonsense', () => {
    expect(
      readSettings({ channel: 'chan_1', mode: 'page', theme: 'dark', accent: '#112233', ga: '0' }),
    ).toMatchObject({
      channel: 'chan_1',
      mode: 'page',
      theme: 'dark',
      accent: '#112233',
      hasAnalytics: false,
    });
    expect(readSettings({ mode: 'everywhere', accent: 'red; }' })).toMatchObject({
      mode: 'popup',
      theme: 'auto',
      position: 'end',
      accent: null,
      hasAnalytics: true,
      hasSound: false,
    });
  });
});

describe('languages', () => {
  it('follow the first wish that can be met', () => {
    expect(languageFor(['', 'pt-BR', 'de-AT', 'en'])).toBe('de');
    expect(languageFor(['AR'])).toBe('ar');
    expect(languageFor([])).toBe('en');
    expect([directionOf('ar'), directionOf('fr')]).toEqual(['rtl', 'ltr']);
  });

  it.each([
    ['ar', ar],
    ['de', de],
    ['es', es],
    ['fr', fr],
  ] as const)('have all words, with the same places to fill in: %s', async (language, texts) => {
    expect(Object.keys(texts)).toEqual(Object.keys(en));
    for (const [key, words] of Object.entries(texts)) {
      expect(words.trim()).not.toBe('');
      expect(words.includes('{n}')).toBe(en[key as keyof typeof en].includes('{n}'));
    }
    expect(await textsOf(language)).toEqual(texts);
  });
});

describe('a preview', () => {
  it('is the first words of a message, without marks', () => {
    expect(previewOf([{ type: 'text', text: '**We are open**\n\n- Monday' }])).toBe('We are open - Monday');
    expect(previewOf([{ type: 'choice_taken', option_id: 'a', label: 'Hours' }])).toBe('Hours');
    expect(previewOf([{ type: 'location', latitude: 1, longitude: 1 }])).toBe('');
  });
});
