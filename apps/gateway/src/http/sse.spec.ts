import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SseBody } from './sse.js';

const KB = 1_024;
const event = (bytes: number) => ({ event: 'x', data: 'x'.repeat(bytes) });

describe('the body of a stream', () => {
  let body: SseBody;
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    body = new SseBody();
  });
  afterEach(() => {
    body.destroy();
    vi.useRealTimers();
  });

  it('passes an event that is larger than all that may wait', () => {
    body.send(event(3_000 * KB));
    expect(body.destroyed).toBe(false);
    expect(String(body.read()).length).toBeGreaterThan(3_000 * KB);
  });

  it('asks those who can to wait while a client is behind, and calls them back when it has caught up', async () => {
    const goOn = vi.fn();
    body.send(event(300 * KB));
    expect(body.isFull).toBe(true);
    body.whenRoom(goOn);
    expect(goOn).not.toHaveBeenCalled();
    body.resume();
    await vi.waitFor(() => expect(goOn).toHaveBeenCalledTimes(1));
    expect(body.isFull).toBe(false);
  });

  it('calls them back when the client has gone', async () => {
    const goOn = vi.fn();
    body.send(event(300 * KB));
    body.whenRoom(goOn);
    body.destroy();
    await vi.waitFor(() => expect(goOn).toHaveBeenCalledTimes(1));
  });

  it('keeps no more than a megabyte and an event for a client that does not read', () => {
    for (let sent = 0; sent < 100; sent++) body.send(event(100 * KB));
    expect(body.destroyed).toBe(true);
    expect(body.readableLength).toBeLessThan(1_200 * KB);
  });

  it('cuts off a client that is behind and has read nothing for a minute, and no client that reads a little', () => {
    body.send(event(500 * KB));
    for (let look = 0; look < 6; look++) {
      body.read(10 * KB);
      vi.advanceTimersByTime(15_000);
    }
    expect(body.destroyed).toBe(false);
    vi.advanceTimersByTime(60_000);
    expect(body.destroyed).toBe(true);
  });
});
