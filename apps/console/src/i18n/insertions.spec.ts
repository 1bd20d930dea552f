import i18next from 'i18next';
import { beforeAll, describe, expect, it } from 'vitest';
import { insertions } from './i18n.js';
import { meaningOf, withMeaning } from './meaning.js';

const words = { of: '{{who}}: {{count}}' };

beforeAll(async () => {
  await i18next.use(insertions).init({
    lng: 'en',
    fallbackLng: 'en',
    defaultNS: 'words',
    resources: {
      en: { words },
      de: { words, problems: { 'state/gone': 'Fort.' } },
      ar: { words, problems: { 'state/gone': 'ذهب.' } },
    },
    interpolation: { escapeValue: false, alwaysFormat: true },
  });
});

describe('what is put into a text', () => {
  it.each([
    ['en', 'Ada: 12,345'],
    ['de', 'Ada: 12.345'],
    ['ar', `\u2068Ada\u2069: ${new Intl.NumberFormat('ar').format(12_345)}`],
  ])('is written as %s writes it, and stands by itself among Arabic words', async (language, said) => {
    await i18next.changeLanguage(language);
    expect(i18next.t('of', { who: 'Ada', count: 12_345, defaultValue: '' })).toBe(said);
  });
});

describe('the meaning of a code', () => {
  it('is said in the language of the console before the English sentence, and not at all in English', async () => {
    await i18next.changeLanguage('de');
    expect(meaningOf('state/gone')).toBe('Fort.');
    expect(withMeaning('state/gone', 'It is gone.')).toBe('Fort. \u2068It is gone.\u2069');
    await i18next.changeLanguage('en');
    expect(meaningOf('state/gone')).toBeNull();
    expect(withMeaning('state/gone', 'It is gone.')).toBe('It is gone.');
  });

  it('is not guessed for a code without words', async () => {
    await i18next.changeLanguage('de');
    expect(withMeaning('state/other', 'Something else.')).toBe('Something else.');
  });
});
