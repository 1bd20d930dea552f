import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ConnectionIo, ConnectionState } from '../connection.js';
import type { WhatsAppWebSettings } from './manifest.js';
import { open } from './open.js';
import type { FromChild } from './protocol.js';

/** The child that was started last, as far as `open` sees it. */
const child = vi.hoisted(() => ({ hear: (_: unknown): void => undefined, closed: 0 }));
vi.mock('./child-process.js', () => ({
  WhatsAppChild: class {
    ended = new Promise<string>(() => undefined);
    constructor(_file: string, hear: (told: unknown) => void) {
      child.hear = hear;
    }
    send(): void {}
    call(): Promise<unknown> {
      return Promise.resolve({ value: [] });
    }
    close(): Promise<void> {
      child.closed++;
      return Promise.resolve();
    }
  },
}));

const FOUR_MINUTES = 240_000;
let shown: ConnectionState[];

beforeEach(async () => {
  vi.useFakeTimers();
  child.closed = 0;
  shown = [];
  const io: Partial<ConnectionIo<WhatsAppWebSettings>> = {
    settings: {} as WhatsAppWebSettings,
    signal: new AbortController().signal,
    now: () => 0,
    folder: () => Promise.resolve('/nowhere'),
    show: (state) => void shown.push(state),
  };
  await open(io as ConnectionIo<WhatsAppWebSettings>);
});
afterEach(() => vi.useRealTimers());

const hear = (...told: FromChild[]): void => told.forEach((one) => child.hear(one));

describe('an account of WhatsApp Web', () => {
  it('that was linked and never becomes ready is opened again', () => {
    hear({ tell: 'qr', value: '2@x' }, { tell: 'authenticated' });
    vi.advanceTimersByTime(FOUR_MINUTES);
    expect(child.closed).toBe(1);
    expect(shown.at(-1)).toMatchObject({ state: 'degraded', reason: expect.stringContaining('stuck') });
  });

  it('whose browser says nothing at all is opened again', () => {
    vi.advanceTimersByTime(FOUR_MINUTES);
    expect(child.closed).toBe(1);
  });

  it('is left alone while a person is to do something, and when it is ready', () => {
    hear({ tell: 'qr', value: '2@x' });
    vi.advanceTimersByTime(FOUR_MINUTES);
    hear({ tell: 'authenticated' }, { tell: 'ready', me: '15550001111@c.us' });
    vi.advanceTimersByTime(FOUR_MINUTES);
    expect(child.closed).toBe(0);
  });
});
