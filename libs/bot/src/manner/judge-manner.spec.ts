import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Manner } from '#libs/model';
import { judgeManner, mannerRules } from './judge-manner.js';

type Settings = Parameters<typeof Manner.parse>[0];
const judge = (settings: Settings, text: string, languages: readonly string[] = [], said: string[] = []) =>
  judgeManner(Manner.parse(settings), text, { said, languages });
const formal = { address: 'formal' } as const;
const informal = { address: 'informal' } as const;

describe('the form of address', () => {
  it.each([
    ['de', 'Klar, das schaue ich für dich nach.'],
    ['de', 'Kannst du mir die Nummer schicken?'],
    ['de', 'Dein Paket ist unterwegs.'],
    ['de', 'Wir haben **deine** Bestellung gefunden.'],
    ['de', 'Gib bitte die Nummer ein.'],
    ['de', 'Wir melden uns bei euch.'],
    ['fr', 'Peux-tu me donner le numéro de commande ?'],
    ['fr', 'Je t’envoie le lien tout de suite.'],
    ['fr', 'Ta commande est partie hier.'],
    ['fr', 'Nous avons bien reçu ton message.'],
    ['es', '¿Puedes darme el número de pedido?'],
    ['es', 'Tu pedido salió ayer por la mañana.'],
    ['es', 'Te lo envío ahora mismo.'],
    ['es', '¿Podés decirme el número?'],
  ])('is informal in %s: %s', async (language, text) => {
    expect(await judge(formal, text, [language])).toMatchObject({ rule: 'address' });
    expect(await judge(informal, text, [language])).toBeNull();
  });

  it.each([
    ['de', 'Wie kann ich Ihnen helfen?'],
    ['de', 'Bitte geben Sie die Nummer ein.'],
    ['de', 'Gern – Sie hören von uns.'],
    ['de', 'Wir haben Ihre Bestellung gefunden.'],
    ['fr', 'Pouvez-vous me donner le numéro de commande ?'],
    ['fr', 'Votre commande est partie hier.'],
    ['fr', 'Veuillez patienter un instant.'],
    ['fr', 'Cliquez sur le lien.'],
    ['fr', 'Je vous rappelle demain.'],
    ['es', '¿Puede usted darme el número de pedido?'],
    ['es', 'Haga clic en el enlace.'],
    ['es', 'Por favor, indique el número de pedido.'],
    ['es', 'Le llamamos a Ud. mañana por la tarde.'],
  ])('is formal in %s: %s', async (language, text) => {
    expect(await judge(informal, text, [language])).toMatchObject({ rule: 'address' });
    expect(await judge(formal, text, [language])).toBeNull();
  });

  it.each([
    ['de', 'Unsere Pakete? Sie kommen morgen an.'],
    ['de', 'Zwei Pakete fehlen noch.\nSie kommen morgen an.'],
    ['de', '- Sie ist die Leiterin der Filiale.\n- Ihre Stelle ist neu.'],
    ['de', 'Hinweis: Sie waren ausverkauft, die Schuhe.'],
    ['de', 'Wir bleiben hier gern beim Du, oder wollen wir per Sie sein?'],
    ['de', 'Die Du-Form und die Sie-Form sind beide möglich.'],
    ['de', 'Karten für Cirque du Soleil gibt es ab Montag.'],
    ['de', 'Der Befehl `dir du` listet Ordner auf.'],
    ['de', 'Sie schrieben uns: „Kannst du mir helfen?“'],
    ['de', 'Im Text steht: „Wir danken Ihnen.“'],
    ['de', '> Kannst du mir helfen? Wir danken Ihnen.\nDas haben wir gelesen.'],
    ['de', 'Die Seite https://shop.example/du/Sie hilft weiter.'],
    ['de', 'Die Nummer der DU AG steht auf der Rechnung.'],
    ['fr', 'Le rendez-vous est fixé à lundi.'],
    ['fr', 'Le ton de la lettre est aimable.'],
    ['fr', 'Il s’est tu toute la journée.'],
    ['fr', 'Rendez-vous sur la page suivante.'],
    ['fr', 'L’heure est donnée en TU.'],
    ['fr', 'Y a-t-il autre chose ?'],
    ['fr', 'Le client a écrit « Peux-tu m’aider ? » et « Pouvez-vous m’aider ? ».'],
    ['es', 'El pedido llega mañana con su factura.'],
    ['es', 'Estas son las opciones que hay.'],
    ['es', 'El té y el café están en la tienda.'],
    ['es', 'El título es «Tú y usted».'],
    ['es', 'Ustedes llegan el lunes, según la agencia.'],
    ['en', 'Did you get your order? Du Pont and Sie are names.'],
    ['ar', 'مرحبًا، كيف يمكنني مساعدتك؟'],
  ])('is not told where it could mean something else, in %s: %s', async (language, text) => {
    expect(await judge(formal, text, [language])).toBeNull();
    expect(await judge(informal, text, [language])).toBeNull();
  });

  it('is told by the language of the text, and that of the person where the text is too short', async () => {
    const longer = 'Das ist kein Problem, ich schicke dir die Rechnung gleich noch einmal zu.';
    expect(await judge(formal, longer, ['en', 'de', 'fr'])).toMatchObject({
      what: 'informal address in German',
    });
    expect(
      await judge(formal, 'Für dich!', ['de', 'fr'], ['Wo ist denn meine Bestellung geblieben?']),
    ).toMatchObject({
      rule: 'address',
    });
    expect(
      await judge(formal, 'Du pain et du vin sont dans le colis de la commande.', ['fr', 'de']),
    ).toBeNull();
  });
});

describe('shouting', () => {
  it.each([
    ['exclamation marks in a row', 'Thank you!!'],
    ['exclamation marks in a row', 'Great! !'],
    ['exclamation marks in a row', '¡¡Hola!'],
    ['exclamation marks in a row', 'شكرًا!!'],
    ['exclamation marks in a row', 'Wow‼'],
    ['words in capitals', 'I said: YOU MUST WAIT.'],
    ['words in capitals', 'PLEASE, DO NOT PANIC.'],
    ['words in capitals', 'Das ist NICHT MEHR MÖGLICH.'],
    ['words in capitals', 'IHRE BESTELLUNG KOMMT.'],
    ['words in capitals', 'VOUS DEVEZ ATTENDRE.'],
    ['words in capitals', 'Eso NO SE PUEDE hacer.'],
    ['words in capitals', 'LAST CHANCE TODAY!'],
    ['words in capitals', 'LIMITED OFFER TODAY ONLY UNTIL MIDNIGHT'],
  ])('is %s: %s', async (what, text) => {
    expect(await judge({ no_shouting: true }, text)).toMatchObject({ rule: 'shouting', what });
  });

  it.each([
    'We sent an SMS with the IBAN and the BIC.',
    'SMS, MMS, IBAN, BIC, SEPA, TAN, PIN',
    'The HP COLOR LASERJET PRO MFP is in stock.',
    'Jackets by THE NORTH FACE and JUST DO IT shirts.',
    'Countries: DE, FR, ES, IT, NO, SE.',
    'You must NOT share it. Really!',
    'Thank you! See you soon! Bye!',
    'Run `!!` or `YOU MUST NOT` in the shell.',
    'You wrote “WHERE IS MY ORDER, YOU CANNOT BE SERIOUS!!”',
    'DNI NIE NIF',
    'PAS CSG CRDS',
    'Bitte nennen Sie uns Ihre IBAN und die BIC.',
    'شكرًا! إلى اللقاء!',
  ])('is not: %s', async (text) => expect(await judge({ no_shouting: true }, text)).toBeNull());
});

describe('emoji', () => {
  it.each(['Hello 👋', 'I ❤ it', 'Flags 🇩🇪', 'Family 👨‍👩‍👧', 'Key 1️⃣', '☺️'])(
    'are none where none are wanted: %s',
    async (text) =>
      expect(await judge({ emoji: 'none' }, text)).toMatchObject({ rule: 'emoji', what: 'an emoji' }),
  );

  it.each(['Parley© costs 1 € ™ ® → ✓', 'No. 1 # *', 'She wrote “thanks 👋”', 'Run `echo 👋`', 'مرحبًا'])(
    'are not what only looks so: %s',
    async (text) => expect(await judge({ emoji: 'none' }, text)).toBeNull(),
  );

  it('are two where few are wanted, and as many as one likes else', async () => {
    expect(await judge({ emoji: 'few' }, '👨‍👩‍👧 and 🇩🇪')).toBeNull();
    expect(await judge({ emoji: 'few' }, '👨‍👩‍👧 and 🇩🇪\nand 👋')).toMatchObject({ line: 2, character: 5 });
    expect(await judge({ emoji: 'any' }, '👋👋👋👋👋👋')).toBeNull();
  });
});

describe('swearing', () => {
  it.each([
    ['en', 'What the fuck is this?'],
    ['en', 'That is bullshit.'],
    ['en', 'Such a f*ck up, sh*t happens'],
    ['en', 'fu\u200Bck'],
    ['en', 'ＦＵＣＫ'],
    ['en', 'Oh **shit**'],
    ['en', 'Just piss off'],
    ['de', 'So eine Scheiße.'],
    ['de', 'Das ist scheißegal.'],
    ['de', 'Du ARSCHLOCH'],
    ['de', 'Fick dich'],
    ['fr', 'Quelle merde.'],
    ['fr', 'Ta gueule'],
    ['fr', 'C’est un enculé, et la pute aussi, dans cette ville.'],
    ['es', 'Eso es una mierda.'],
    ['es', 'Coño, otra vez'],
    ['es', 'cabrón'],
    ['ar', 'هذا خرا'],
    ['ar', 'يا ابن الكلب'],
    ['ar', 'شَرموطة'],
  ])('is found in %s: %s', async (language, text) => {
    expect(await judge({ no_profanity: true }, text, [language])).toMatchObject({ rule: 'profanity' });
  });

  it.each([
    ['en', 'Our shop in Scunthorpe sells shiitake and cocktails.'],
    ['en', 'A bastard file and a pair of damn good boots.'],
    ['en', 'It costs $100 & a*b*c is #1 @home'],
    ['de', 'Zur Pute passt ein trockener Wein, dazu Mist für das Beet.'],
    ['de', 'Die Fickschen Gesetze stehen im Buch.'],
    ['fr', 'Votre colis a du retard, avec un bâtard de 400 g.'],
    ['es', 'El cono de tráfico cuesta diez euros, con factura.'],
    ['sv', 'Produkten är slut i lagret.'],
    ['ar', 'كلب صغير وصندوق بكس والكسر في الزجاج يا نيك'],
  ])('is not found in %s: %s', async (language, text) => {
    expect(await judge({ no_profanity: true }, text, [language])).toBeNull();
  });

  it('may be repeated as a quote of what the person said, and as nothing else', async () => {
    const text = 'You wrote “this is shit”. I am sorry.';
    expect(await judge({ no_profanity: true }, text, ['en'], ['THIS IS SHIT, all of it'])).toBeNull();
    expect(await judge({ no_profanity: true }, text, ['en'], ['this is bad'])).toMatchObject({
      rule: 'profanity',
    });
    expect(await judge({ no_profanity: true }, 'Indeed `shit`', ['en'])).toMatchObject({ rule: 'profanity' });
  });
});

describe('a manner', () => {
  it('says where something was found, by line and character', async () => {
    expect(await judge(formal, 'Gern.\n\nIch helfe dir.', ['de'])).toEqual({
      rule: 'address',
      what: 'informal address in German',
      line: 3,
      character: 11,
    });
  });

  it('without a setting finds nothing in any text, and tells a model nothing', async () => {
    const wild = fc.array(
      fc.oneof(
        fc.string({ unit: 'grapheme' }),
        fc.constantFrom('du ', 'Ihnen ', 'fuck ', '!!', '👋', 'YOU MUST NOT ', '“', '`', '>', '\n'),
      ),
      { maxLength: 30 },
    );
    await fc.assert(
      fc.asyncProperty(wild, fc.constantFrom('de', 'fr', 'es', 'en', 'ar'), async (pieces, language) => {
        expect(await judge({}, pieces.join(''), [language])).toBeNull();
      }),
    );
    expect(mannerRules(Manner.parse({}))).toEqual([]);
    expect(mannerRules(undefined)).toEqual([]);
  });

  it('ends soon and within the text, whatever is written', async () => {
    const all = { ...formal, emoji: 'none', no_shouting: true, no_profanity: true } as const;
    const pieces = fc.constantFrom(
      '“',
      '„',
      '"',
      '`',
      '```',
      '«',
      '>',
      'A',
      'f*',
      '*',
      ' ',
      '\n',
      '](',
      'a@a',
      'e\u0301',
    );
    await fc.assert(
      fc.asyncProperty(pieces, pieces, fc.integer({ min: 1, max: 5_000 }), async (one, two, times) => {
        const text = (one + two).repeat(times);
        const found = await judge(all, text, ['de']);
        if (!found) return;
        expect(found.line).toBeLessThanOrEqual(text.split('\n').length);
        expect(found.character).toBeLessThanOrEqual(text.split('\n')[found.line - 1]!.length);
      }),
      { numRuns: 60 },
    );
  });
});
