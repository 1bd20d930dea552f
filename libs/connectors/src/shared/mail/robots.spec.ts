import { describe, expect, it } from 'vitest';
import { parseMail } from './mail.js';
import { automaticOf, type Automatic } from './robots.js';

const judge = (headers: string, returnPath: string | null = 'ann@shop.example'): Automatic | null => {
  const from = /^from:/im.test(headers) ? '' : 'From: Ann <ann@shop.example>\r\n';
  return automaticOf(parseMail(Buffer.from(`${from}${headers}\r\n\r\nwords`)), {
    returnPath,
    ownMarks: ['chan_1'],
  });
};

describe('who wrote a mail', () => {
  it.each([
    ['Subject: Question', null],
    ['Auto-Submitted: no', null],
    ['Precedence: first-class', null],
    ['X-Auto-Response-Suppress: DR, RN', null],
    ['Subject: automatic doors do not open', null],
    ['From: norbert@shop.example', null],
    ['X-Parley-Loop: chan_other', null],
    ['Auto-Submitted: auto-replied', 'auto-reply'],
    ['Auto-Submitted: auto-replied (vacation)', 'auto-reply'],
    ['Auto-Submitted: auto-generated', 'bulk'],
    ['X-Auto-Response-Suppress: All', 'auto-reply'],
    ['X-Autoreply: yes', 'auto-reply'],
    ['Precedence: auto_reply', 'auto-reply'],
    ['Precedence: bulk', 'bulk'],
    ['Precedence: list', 'list'],
    ['List-Id: <news.shop.example>', 'list'],
    ['List-Unsubscribe: <mailto:x@y.example>', 'list'],
    ['Subject: Out of Office: until Monday', 'auto-reply'],
    ['Subject: Abwesenheitsnotiz: Frage', 'auto-reply'],
    ['Subject: Réponse automatique : Question', 'auto-reply'],
    ['From: noreply@shop.example', 'no-reply'],
    ['From: Shop <do-not-reply@shop.example>', 'no-reply'],
    ['From: MAILER-DAEMON@mx.example\r\nSubject: Undelivered Mail Returned to Sender', 'bounce'],
    ['X-Failed-Recipients: bob@b.example', 'bounce'],
    ['X-Parley-Loop: chan_1', 'own-loop'],
    ['From: owner-list@lists.example', 'bulk'],
  ] as const)('is judged by %j: %s', (headers, kind) => expect(judge(headers)).toBe(kind));

  it('is a machine when there is nobody to send a bounce to', () => {
    expect(judge('Subject: x', '')).toBe('auto-reply');
    expect(judge('Subject: x', null)).toBeNull();
  });
});
