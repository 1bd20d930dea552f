import fc from 'fast-check';
import PostalMime from 'postal-mime';
import { describe, expect, it } from 'vitest';
import { readAddresses } from './addresses.js';
import { mailLimits } from './limits.js';
import { fileOf, parseMail } from './mail.js';

const mail = (...lines: string[]) => parseMail(Buffer.from(lines.join('\r\n'), 'latin1'));
const utf8 = (text: string): string => Buffer.from(text).toString('latin1');
const HEAD = [
  'From: Ann <ann@Shop.example>',
  'To: support@acme.example',
  'Subject: Hi',
  'Message-ID: <m1@shop.example>',
];

describe('headers of a mail', () => {
  it('are decoded, unfolded and never begin a line', () => {
    const { subject, from } = mail(
      'From: =?utf-8?q?J=C3=B6rg_M=C3=BCller?= <joerg@shop.example>',
      'Subject: =?utf-8?b?w5xiZXIgw6QgbG9uZyA=?=',
      ' =?utf-8?b?c3ViamVjdCDDtg==?= and =?iso-8859-1?q?=E9=0D=0ABcc:_x?=',
      '',
      'x',
    );
    expect(subject).toBe('Über ä long subject ö and é Bcc: x');
    expect(from).toEqual({ address: 'joerg@shop.example', name: 'Jörg Müller' });
  });

  it('join a character that was cut between two words', () => {
    expect(mail('Subject: =?utf-8?b?w5w=?= =?utf-8?b?4oI=?= =?utf-8?b?rA==?=', '', '').subject).toBe('Ü€');
  });

  it('are read when somebody sent them as they are', () => {
    expect(mail(`Subject: ${utf8('Grüße')}`, '', '').subject).toBe('Grüße');
    expect(mail('Subject: Gr\xfc\xdfe', '', '').subject).toBe('Grüße');
  });

  it('name addresses in groups, with commas in names, and in comments', () => {
    expect(
      readAddresses(
        '"Doe, Ann" <ann@a.example>, Team: bob@b.example, "C" <c@c.example>;, dan@d.example (Dan D), nothing, <x>, =?utf-8?q?M=2C_E?= <e@e.example>',
      ),
    ).toEqual([
      { name: 'Doe, Ann', address: 'ann@a.example' },
      { name: '', address: 'bob@b.example' },
      { name: 'C', address: 'c@c.example' },
      { name: 'Dan D', address: 'dan@d.example' },
      { name: 'M, E', address: 'e@e.example' },
    ]);
  });

  it('have ids, with and without brackets', () => {
    const { messageId, inReplyTo, references } = mail(
      'Message-ID: <a@b>',
      'In-Reply-To: c@d.example',
      'References: <r1@x>',
      ' <r2@x>',
      '',
      '',
    );
    expect({ messageId, inReplyTo, references }).toEqual({
      messageId: 'a@b',
      inReplyTo: ['c@d.example'],
      references: ['r1@x', 'r2@x'],
    });
  });
});

describe('words of a mail', () => {
  it.each([
    ['UTF-8', 'text/plain; charset=utf-8', utf8('Grüße, 你好')],
    ['nothing', 'text/plain', utf8('Grüße, 你好')],
    ['a label that says nothing', 'text/plain; charset=us-ascii', utf8('Grüße, 你好')],
    ['a label that is not true', 'text/plain; charset=iso-8859-1', 'Gr\xfc\xdfe, '.trim()],
    ['an unknown label', 'text/plain; charset=x-nonsense', utf8('Grüße, 你好')],
  ])('are read with %s declared', (_, type, body) => {
    expect(mail(...HEAD, `Content-Type: ${type}`, '', body).text).toMatch(/^Grüße,/);
  });

  it.each([
    ['windows-1251', 'cff0e8e2e5f22c20ffe2e0f820e7e0eae0e7', 'Привет, яваш заказ'],
    ['koi8-r', 'f0d2c9d7c5d42c20cbc1cb20c4c5ccc13f20d0c9dbc9', 'Привет, как дела? пиши'],
    ['windows-1252', '4772fcdf65206175732053fc64746972f26c', 'Grüße aus Südtiròl'],
    ['shift_jis', '82b182f182c982bf82cd', 'こんにちは'],
    ['euc-jp', 'a4b3a4f3a4cba4c1a4cf', 'こんにちは'],
    ['iso-2022-jp', '1b244224332473244b2441244f1b2842', 'こんにちは'],
    ['gb18030', 'c4e3bac3a3acced2c3c7d2d1beadcad5b5bdc1cb', '你好，我们已经收到了'],
    ['euc-kr', 'bec8b3e7c7cfbcbcbfe4', '안녕하세요'],
  ])('are read in %s that nobody declared', (_, hex, text) => {
    expect(mail(...HEAD, '', Buffer.from(hex, 'hex').toString('latin1')).text).toBe(text);
  });

  it('flow as they were written', () => {
    expect(
      mail(
        ...HEAD,
        'Content-Type: text/plain; format=flowed',
        '',
        'one ',
        'line',
        '> quoted ',
        '> too',
        '-- ',
        'Ann',
      ).text,
    ).toBe('one line\n> quoted too\n-- \nAnn');
  });

  it('are in quoted-printable what they were before', () => {
    expect(
      mail(
        ...HEAD,
        'Content-Transfer-Encoding: quoted-printable',
        'Content-Type: text/plain; charset=utf-8',
        '',
        'a=C3=A4=',
        'b=3D=zz',
      ).text,
    ).toBe('aäb==zz');
  });
});

const nested = [
  ...HEAD,
  'Content-Type: multipart/mixed; boundary=A',
  '',
  'preamble',
  '--A',
  'Content-Type: multipart/related; boundary=B',
  '',
  '--B',
  'Content-Type: multipart/alternative; boundary=C',
  '',
  '--C',
  'Content-Type: text/plain',
  '',
  'plain',
  '--C',
  'Content-Type: text/html',
  '',
  '<img src="cid:i1">rich',
  '--C--',
  '--B',
  'Content-Type: image/png; name=i.png',
  'Content-ID: <i1>',
  'Content-Transfer-Encoding: base64',
  '',
  'iVBORw==',
  '--B--',
  '--A',
  "Content-Type: application/pdf; name*0*=utf-8''Rech%C3%B6; name*1=nung.pdf",
  'Content-Disposition: attachment',
  'Content-Transfer-Encoding: base64',
  '',
  'JVBERg==',
  '--A',
  'Content-Type: text/calendar; method=REQUEST',
  '',
  'BEGIN:VCALENDAR',
  '--A',
  'Content-Type: application/ms-tnef; name=winmail.dat',
  '',
  'xx',
  '--A--',
  'epilogue',
];

describe('parts of a mail', () => {
  it('are words or files, found again by their number', () => {
    const { text, html, files } = mail(...nested);
    expect({ text, html }).toEqual({ text: 'plain', html: '<img src="cid:i1">rich' });
    expect(
      files.map(({ name, mimeType, contentId, isInline }) => ({ name, mimeType, contentId, isInline })),
    ).toEqual([
      { name: 'i.png', mimeType: 'image/png', contentId: 'i1', isInline: true },
      { name: 'Rechönung.pdf', mimeType: 'application/pdf', contentId: null, isInline: false },
      { name: null, mimeType: 'text/calendar', contentId: null, isInline: false },
      { name: 'winmail.dat', mimeType: 'application/ms-tnef', contentId: null, isInline: false },
    ]);
    const raw = Buffer.from(nested.join('\r\n'), 'latin1');
    expect(fileOf(raw, files[1]!.number)).toMatchObject({
      bytes: Buffer.from('%PDF'),
      mimeType: 'application/pdf',
      fileName: 'Rechönung.pdf',
    });
    expect(fileOf(raw, 99)).toBeNull();
  });

  it('are the same for an independent parser', async () => {
    const raw = nested.filter((line) => !line.includes('name*0')).join('\r\n');
    const judged = await PostalMime.parse(raw);
    const own = parseMail(Buffer.from(raw));
    expect(own.text).toBe(judged.text?.trim());
    expect(own.html).toBe(judged.html?.trim());
    expect(own.subject).toBe(judged.subject);
    expect(own.from?.address).toBe(judged.from?.address?.toLowerCase());
  });

  it('have file names without paths', () => {
    const named = (name: string) =>
      mail(
        ...HEAD,
        `Content-Disposition: attachment; filename="${name}"`,
        'Content-Type: application/x',
        '',
        'x',
      ).files[0]?.name;
    expect(named('../../etc/passwd')).toBe('passwd');
    expect(named('C:\\\\x\\\\a.exe')).toBe('a.exe');
    expect(named('..')).toBeNull();
  });

  it('of signed mail show what was signed', () => {
    expect(
      mail(
        ...HEAD,
        'Content-Type: multipart/signed; boundary=S',
        '',
        '--S',
        '',
        'signed words',
        '--S',
        'Content-Type: application/pkcs7-signature; name=smime.p7s',
        '',
        'xx',
        '--S--',
      ),
    ).toMatchObject({ text: 'signed words', files: [] });
  });
});

describe('a bounce', () => {
  it('says of whom, why, and of which mail', () => {
    const { report } = mail(
      'From: MAILER-DAEMON@mx.example',
      'Content-Type: multipart/report; report-type=delivery-status; boundary=R',
      '',
      '--R',
      '',
      'It failed.',
      '--R',
      'Content-Type: message/delivery-status',
      '',
      'Reporting-MTA: dns; mx.example',
      '',
      'Final-Recipient: rfc822; Bob@b.example',
      'Action: failed',
      'Status: 5.1.1',
      'Diagnostic-Code: smtp; 550 5.1.1 no such user',
      '',
      '--R',
      'Content-Type: message/rfc822',
      '',
      'Message-ID: <dlv_1@parley>',
      'Subject: x',
      '',
      'x',
      '--R--',
    );
    expect(report).toEqual({
      kind: 'delivery',
      originalId: 'dlv_1@parley',
      recipients: [
        { address: 'bob@b.example', action: 'failed', status: '5.1.1', diagnostic: '550 5.1.1 no such user' },
      ],
    });
  });
});

describe('a hostile mail', () => {
  const deep = (levels: number): string => {
    let text = '';
    for (let level = 0; level < levels; level++)
      text += `Content-Type: multipart/mixed; boundary=b${level}\r\n\r\n--b${level}\r\n`;
    return text;
  };
  it.each([
    ['nested parts', deep(5_000)],
    ['many parts', `Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\n\r\nx\r\n'.repeat(100_000)}`],
    ['many headers', 'X: y\r\n'.repeat(200_000)],
    ['a long header', `Subject: ${'=?utf-8?q?=C3=A4?= '.repeat(100_000)}`],
    ['many folds', `Subject: x\r\n${' y\r\n'.repeat(200_000)}`],
    ['many addresses', `To: ${'a@b.example, '.repeat(100_000)}`],
    ['open quotes', `To: ${'"'.repeat(300_001)}`],
    ['open comments', `To: ${'('.repeat(300_000)}`],
    ['groups', `To: ${'a:'.repeat(200_000)}`],
    ['references', `References: ${'<a@b> '.repeat(100_000)}`],
    ['parameters', `Content-Type: text/plain; ${'x=y; '.repeat(100_000)}`],
    ['boundary look-alikes', `Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--bb'.repeat(500_000)}`],
    ['a long body', `\r\n${'x'.repeat(20_000_000)}`],
    ['escapes', `Content-Transfer-Encoding: quoted-printable\r\n\r\n${'='.repeat(2_000_000)}`],
  ])('of %s is read in little time', (_, text) => {
    const began = performance.now();
    parseMail(Buffer.from(text));
    expect(performance.now() - began).toBeLessThan(1_000);
  });

  it('is not looked at beyond the limits, and says so', () => {
    expect(parseMail(Buffer.from(deep(100))).skipped).toEqual([`parts deeper than ${mailLimits.depth}`]);
    expect(
      parseMail(
        Buffer.from(`Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\n\r\nx\r\n'.repeat(1_000)}`),
      ).skipped,
    ).toContain(`parts beyond ${mailLimits.parts}`);
  });

  it('never makes the parser throw', () => {
    const piece = fc.constantFrom(
      'From: ',
      'Content-Type: multipart/mixed; boundary=b',
      '--b',
      '--b--',
      '',
      ' ',
      '=?utf-8?b?w5w=?=',
      'a@b',
      '"',
      '(',
      '<',
      'Content-Transfer-Encoding: base64',
      'message/delivery-status',
      '\u0000',
      '=',
    );
    fc.assert(
      fc.property(
        fc.array(fc.oneof(piece, fc.string()), { maxLength: 40 }),
        (pieces) => void parseMail(Buffer.from(pieces.join('\r\n'))),
      ),
    );
  });
});
