import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { agentWords } from '../../libs/agent/src/words.js';
import { judgeManner } from '../../libs/bot/src/manner/judge-manner.js';
import { ownWords, shippedLanguages } from '../../libs/bot/src/own-words.js';
import { asksForPerson } from '../../libs/bot/src/understanding/person-request.js';

/** How somebody asks for a person, in each language in which people meet us. */
const requests: Record<string, string> = {
  en: 'I want to speak to a human',
  de: 'Kann ich mit einem Mitarbeiter sprechen?',
  es: '¿Puedo hablar con una persona?',
  fr: 'Je voudrais parler à un conseiller',
  it: 'Posso parlare con un operatore?',
  pt: 'Posso falar com uma pessoa?',
  nl: 'Kan ik met een medewerker praten?',
  ar: 'هل يمكنني التحدث مع موظف؟',
};
const filesOf = (folder: string): string[] =>
  readdirSync(new URL(folder, import.meta.url))
    .map((name) => name.replace(/\.ts$/, ''))
    .filter((name) => /^[a-z]{2}$/.test(name));
/** What the widget and the console can be read in. */
const shown = new Set([
  ...filesOf('../../apps/widget/src/texts'),
  ...filesOf('../../apps/console/src/i18n'),
  ...shippedLanguages,
]);

it('looks at the languages that there are', () => {
  expect([...shown].toSorted()).toEqual(Object.keys(requests).toSorted());
});

it.each([...shown])('a bot knows who asks for a person in %s, and what to say then', (language) => {
  expect(asksForPerson(requests[language]!)).toBe(true);
  const [own, agent] = [ownWords([language]), agentWords([language])];
  const others = language === 'en' ? [] : [ownWords(['en']), agentWords(['en'])];
  expect(others).not.toContain(own);
  expect(others).not.toContain(agent);
});

it.each([...shown])('what a bot says by itself in %s suits every manner', async (language) => {
  const scene = { said: [], languages: [language] };
  const words = Object.values({ ...ownWords([language]), ...agentWords([language]) }).concat(
    Object.values(ownWords([language])),
  );
  for (const text of words) {
    for (const address of ['formal', 'informal'] as const) {
      const manner = { address, emoji: 'none', no_shouting: true, no_profanity: true } as const;
      expect(await judgeManner(manner, text, scene), text).toBeNull();
    }
  }
});
