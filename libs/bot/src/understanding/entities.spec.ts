import { expect, it } from 'vitest';
import { entitiesIn } from './entities.js';
import { asksForPerson } from './person-request.js';
import { sentimentOf } from './sentiment.js';
import { detectLanguage } from './language.js';

const context = { today: '2026-11-21', languages: ['en'], country: 'DE' };

it('names what a sentence names', () => {
  const text = 'Order 1042: call me tomorrow at 15:30 on 030 123456 or write to ann@example.org';
  expect(entitiesIn(text, context)).toMatchObject({
    emails: ['ann@example.org'],
    phones: ['+4930123456'],
    date: '2026-11-22',
    time: '15:30',
  });
  expect(entitiesIn('', context)).toEqual({ emails: [], phones: [], numbers: [], date: null, time: null });
});

it.each([
  ['This is terrible and useless', -1],
  ['Das ist eine Frechheit, ich bin wütend', -1],
  ['not good', -1],
  ['great, thanks', 1],
  ['where is my order', 0],
  ['not bad', 1],
])('hears how “%s” sounds', (text, sign) => {
  expect(Math.sign(sentimentOf(text).score)).toBe(sign);
});

it('tells anger from a plain complaint', () => {
  expect(sentimentOf('my cup is broken').isUpset).toBe(false);
  expect(sentimentOf('THE CUP IS BROKEN AGAIN').isUpset).toBe(true);
  expect(sentimentOf('you useless liars').isUpset).toBe(true);
});

it.each([
  ['Where is the parcel that I ordered?', 'en'],
  ['Wo ist mein Paket geblieben?', 'de'],
  ['¿Dónde está mi pedido?', 'es'],
  ['Où est passée ma commande ?', 'fr'],
  ['где мой заказ, подскажите', 'ru'],
  ['注文はどこですか', 'ja'],
  ['ok', null],
  ['1042', null],
])('tells the language of “%s”', async (text, language) => {
  expect(await detectLanguage(text)).toBe(language);
});

it('does not take everyday words for a request for a person', () => {
  for (const text of ['a table for one person', 'humanitarian aid', 'my agent said so']) {
    expect(asksForPerson(text)).toBe(false);
  }
});
