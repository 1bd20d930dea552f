import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitReply } from './split-reply.js';

const reply = (text: string): string => splitReply(text).reply;

describe('what a person wrote', () => {
  it.each([
    ['Gmail', 'On Mon, Feb 1, 2026 at 6:32 PM, Ann <ann@shop.example>\nwrote:'],
    ['Gmail in German', 'Am Mo., 1. Feb. 2026 um 18:32 Uhr schrieb Ann <ann@shop.example>:'],
    ['Gmail in French', 'Le lun. 1 févr. 2026 à 18:32, Ann <ann@shop.example> a écrit :'],
    ['Gmail in Spanish', 'El lun, 1 feb 2026 a las 18:32, Ann (<ann@shop.example>) escribió:'],
    ['Gmail in Portuguese', 'Em seg., 1 de fev. de 2026 às 18:32, Ann <ann@shop.example>\nescreveu:'],
    ['Gmail in Italian', 'Il giorno lun 1 feb 2026 alle ore 18:32 Ann <ann@shop.example>\nha scritto:'],
    ['Gmail in Dutch', 'Op ma 1 feb 2026 om 18:32 schreef Ann <ann@shop.example>:'],
    ['Gmail in Polish', 'pon., 1 lut 2026 o 18:32 Ann <ann@shop.example> napisał(a):'],
    ['Gmail in Russian', 'пн, 1 февр. 2026 г. в 18:32, Ann <ann@shop.example>:'],
    ['Gmail in Japanese', '2026年2月1日(月) 18:32 Ann <ann@shop.example>:'],
    ['Gmail in Swedish', 'Den mån 1 feb. 2026 kl 18:32 skrev Ann <ann@shop.example>:'],
    ['Gmail in Czech', 'po 1. 2. 2026 v 18:32 odesílatel Ann <ann@shop.example> napsal:'],
    ['Gmail in Turkish', 'Ann <ann@shop.example>, 1 Şub 2026 Pzt, 18:32 tarihinde şunu yazdı:'],
    ['Gmail in Hungarian', 'Ann <ann@shop.example> ezt írta (időpont: 2026. febr. 1., H, 18:32):'],
    ['Apple Mail in Chinese', '在 2026年2月1日，下午6:32，Ann <ann@shop.example> 写道：'],
    ['Apple Mail in Danish', 'Den 1. feb. 2026 kl. 18.32 skrev Ann <ann@shop.example>:'],
    ['Thunderbird', 'On 01.02.26 18:32, Ann wrote:'],
    ['Thunderbird in German', 'Am 01.02.2026 um 18:32 schrieb Ann:'],
    ['Zoho', '---- On Mon, 01 Feb 2026 18:32:36 +0530 Ann<ann@shop.example> wrote ----'],
  ])('stands above the attribution of %s', (_, attribution) => {
    const quoted = `${attribution}\n\n> What is your number?\n> Ann`;
    expect(splitReply(`It is 12345.\n\n${quoted}\n`)).toEqual({
      reply: 'It is 12345.',
      quoted,
      signature: '',
    });
  });

  it.each([
    ['English', ['From', 'Sent', 'To', 'Subject']],
    ['German', ['Von', 'Gesendet', 'An', 'Betreff']],
    ['French', ['De ', 'Envoyé ', 'À ', 'Objet ']],
    ['Spanish', ['De', 'Enviado el', 'Para', 'Asunto']],
    ['Italian', ['Da', 'Inviato', 'A', 'Oggetto']],
    ['Dutch', ['Van', 'Verzonden', 'Aan', 'Onderwerp']],
    ['Swedish', ['Från', 'Skickat', 'Till', 'Ämne']],
    ['Polish', ['Od', 'Wysłano', 'Do', 'Temat']],
    ['Russian', ['От', 'Отправлено', 'Кому', 'Тема']],
    ['Chinese', ['发件人', '发送时间', '收件人', '主题']],
    ['Japanese', ['差出人', '送信日時', '宛先', '件名']],
  ])('stands above the headers that Outlook copies in %s', (_, [from, sent, to, subject]) => {
    const old = `${from}: Ann <ann@shop.example>\n${sent}: 1 February 2026 18:32\n${to}: Bob\n${subject}: Order\n\nWhat is your number?`;
    expect(splitReply(`It is 12345.\n\n${old}`)).toMatchObject({ reply: 'It is 12345.', quoted: old });
    expect(reply(`It is 12345.\n\n________________________________\n${old}`)).toBe('It is 12345.');
  });

  it.each([
    'Sent from my iPhone',
    'Von meinem iPhone gesendet',
    'Envoyé de mon iPad',
    'Enviado desde mi Samsung',
    'Inviato da iPhone',
    'Verstuurd vanaf mijn iPhone',
    'Отправлено с iPhone',
    '发自我的 iPhone',
    'iPhoneから送信',
    'Get Outlook for iOS<https://aka.ms/o0ukef>',
  ])('is not what a telephone adds: %s', (footer) => {
    expect(splitReply(`Yes please\n\n${footer}`)).toEqual({
      reply: 'Yes please',
      quoted: '',
      signature: footer,
    });
  });

  it('is not a signature below its sign', () => {
    expect(splitReply('Yes\n\n-- \nBob\n+49 151 1234567')).toMatchObject({
      reply: 'Yes',
      signature: '-- \nBob\n+49 151 1234567',
    });
  });

  it('stands below what it answers, when it does', () => {
    const text = 'On Mon, Feb 1, 2026 at 6:32 PM, Ann <a@b.example> wrote:\n\n> Which one?\n\nThe red one.';
    expect(reply(text)).toBe('The red one.');
  });

  it('keeps the quoted lines between which somebody answers', () => {
    const text =
      'See below.\n\nOn Mon, Feb 1, 2026 at 6:32 PM, Ann <a@b.example> wrote:\n> Which one?\n\nThe red one, and I would like it wrapped.\n\n> When?\n\nTomorrow.';
    expect(reply(text)).toBe(
      'See below.\n\n> Which one?\n\nThe red one, and I would like it wrapped.\n\n> When?\n\nTomorrow.',
    );
  });

  it.each([
    ['On Monday I wrote:\nthe meeting is at 10.\nIs that still so?'],
    ['Invitation:\n\nDate: 3 October 2026\nTime: 7:00\nAddress: 130 Fox St\n\nPlease bring an ID.'],
    ['The error says: "From: field missing". What now?'],
    ['My answers:\n- one\n- two\n\n---\nand three, which is longer'],
    ['> quoted by hand, without saying whom\n\nI do not agree with that.'],
    ['Sent from my desk, this is easier than on my phone; please call me.'],
    ['I said at 10:30: no.\nShe wrote 2 books.'],
  ])('is whole when nothing says that some of it is old: %j', (text) => expect(reply(text)).toBe(text));

  it('is never empty when the mail is not', () => {
    expect(reply('> only a quotation')).toBe('> only a quotation');
    expect(reply('-- \nBob')).toBe('-- \nBob');
  });

  it('loses no word, whatever the mail', () => {
    const line = fc.constantFrom(
      'Hello there.',
      '',
      '> quoted',
      '>> more',
      'On 1.2.2026 10:00, A <a@b.example> wrote:',
      '-- ',
      'Bob',
      'From: a@b.example',
      'To: c@d.example',
      'Subject: x',
      'Sent from my iPhone',
      '_______________',
      'Regards,',
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 25 }), (lines) => {
        const { reply, quoted, signature } = splitReply(lines.join('\n'));
        const words = (text: string): string[] =>
          text
            .split(/\s+/)
            .filter((word) => /[\p{L}\d]/u.test(word))
            .sort();
        expect(words(`${reply}\n${quoted}\n${signature}`)).toEqual(words(lines.join('\n')));
      }),
    );
  });

  it.each([
    ['spaces', ' '.repeat(200_000)],
    ['a line', 'a'.repeat(200_000)],
    ['signs', '>'.repeat(200_000)],
    ['attributions', 'On 1.2.2026 10:00, a\n'.repeat(9_000)],
    ['headers', 'From: a@b.example\n'.repeat(11_000)],
    ['footers', 'Sent from my iPhone\n'.repeat(10_000)],
    ['open brackets', `On 1.2.2026 ${'<a@'.repeat(60_000)}`],
    ['dashes', '-'.repeat(200_000)],
    [
      'nested',
      Array.from({ length: 600 }, (_, n) => `${'>'.repeat(n)} On 1.2.2026, A <a@b.example> wrote:`).join(
        '\n',
      ),
    ],
  ])('is found in little time among %s', (_, text) => {
    const began = performance.now();
    splitReply(text);
    expect(performance.now() - began).toBeLessThan(1_500);
  });
});
