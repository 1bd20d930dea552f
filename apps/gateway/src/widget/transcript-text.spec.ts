import { contentLimits, type Message } from '#libs/model';
import { describe, expect, it } from 'vitest';
import { transcriptText } from './transcript-text.js';

const style = { title: 'Lamps & Mugs', assistant: 'Ada', locale: 'en', timeZone: 'Europe/Vienna' };
const at = '2026-11-21T10:00:00.000Z';
const message = (direction: 'in' | 'out', parts: object[], more: object = {}): Message =>
  ({ direction, author: 'bot', parts, sent_at: null, recorded_at: at, deleted_at: null, ...more }) as Message;

describe('a transcript', () => {
  it('says who said what and when, on the clock of the visitor', () => {
    const messages = [
      message('in', [{ type: 'text', text: 'Are you open?\nToday?' }]),
      message('out', [{ type: 'text', text: 'Yes.' }]),
      message('out', [{ type: 'image', url: 'https://a.example/b', file_name: 'shop.jpg' }], {
        author: 'operator',
      }),
      message('out', [{ type: 'text', text: 'gone' }], { deleted_at: at }),
    ];
    const text = transcriptText(messages, style).replaceAll('\u202f', ' ');
    expect(text).toBe(
      [
        '# Lamps & Mugs',
        '**You** · Nov 21, 2026, 11:00 AM\n\n> Are you open?\n> Today?',
        '**Ada** · Nov 21, 2026, 11:00 AM\n\n> Yes.',
        '**Team** · Nov 21, 2026, 11:00 AM\n\n> shop.jpg',
      ].join('\n\n'),
    );
    expect(transcriptText(messages, { ...style, locale: 'de-AT' })).toContain('**Sie** · 21.11.2026, 11:00');
  });

  it('knows a way where the browser names what nobody knows', () => {
    const text = transcriptText([message('in', [{ type: 'text', text: 'x' }])], {
      ...style,
      locale: 'x',
      timeZone: 'Mars/Olympus',
    });
    expect(text).toContain('10:00');
  });

  it('keeps the end of what is too long for one text', () => {
    const long = Array.from({ length: 50 }, (_, n) =>
      message('in', [{ type: 'text', text: `${n} ${'x'.repeat(2_000)}` }]),
    );
    const text = transcriptText(long, style);
    expect(text.length).toBeLessThanOrEqual(contentLimits.textMax);
    expect(text).toContain('> 49 x');
    expect(text).not.toContain('> 0 x');
    expect(text.startsWith('# Lamps & Mugs')).toBe(true);
  });
});
