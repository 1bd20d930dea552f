import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fault } from '#libs/faults';
import { newId } from '#libs/model';
import { Logger } from '#libs/observe';
import type { OpenSend, SendOutcome } from '#libs/store';
import { SendRunner } from './send-runner.js';

const conversationId = newId('conversation');

/** A send that is due, and what the runner does about it. */
function world({ isHeld = true, state = 'open', isMade = false, epoch = 1 } = {}) {
  const send: OpenSend = {
    workspaceId: newId('workspace'),
    sendId: newId('send'),
    epoch,
    contactId: newId('contact'),
    contents: [{ type: 'text', text: 'x' }],
    metadata: {},
    steps: [
      {
        channelId: newId('channel'),
        success: 'sent',
        waitMs: 1_000,
        at: null,
        messageId: null,
        conversationId: null,
        status: null,
        skipped: null,
      },
    ],
    expiresAt: new Date(Date.now() + 60_000),
  };
  const recorded: SendOutcome[] = [];
  const open = vi.fn().mockResolvedValueOnce([send]).mockResolvedValue([]);
  const say = vi.fn(() => Promise.resolve([newId('message')]));
  const messageById = vi.fn(() =>
    isMade ? Promise.resolve({ conversation_id: conversationId }) : Promise.reject(fault('state/not-found')),
  );
  const runner = new SendRunner(
    {
      open,
      isHeld: () => Promise.resolve(isHeld),
      placeOf: () => Promise.resolve({ conversationId, addresses: [] }),
      record: (_worker: string, _send: OpenSend, outcome: SendOutcome) =>
        Promise.resolve(recorded.push(outcome) > 0),
    } as never,
    { load: () => Promise.resolve({ channelId: send.steps[0]!.channelId }) } as never,
    {
      messageById,
      placeOf: () => Promise.resolve({ state, botState: {}, thread: 't', address: null }),
    } as never,
    {} as never,
    { say } as never,
    { worker: 'w', leaseMs: 30_000, sweepEveryMs: 10, stateAfter: (before) => before },
    Logger.create({ app: 'test', level: 'fatal', destination: { write: () => undefined } }),
  );
  return { runner, recorded, say };
}

describe('a runner of sends', () => {
  let running: SendRunner;
  beforeEach(() => void vi.useFakeTimers());
  afterEach(async () => {
    const stopped = running.stop();
    await vi.runAllTimersAsync();
    await stopped;
    vi.useRealTimers();
  });

  async function outcomeOf({ runner, recorded }: ReturnType<typeof world>): Promise<SendOutcome> {
    running = runner;
    runner.start();
    await vi.advanceTimersByTimeAsync(100);
    return recorded[0]!;
  }

  it('says what is due', async () => {
    const made = world();
    expect((await outcomeOf(made)).steps[0]).toMatchObject({ conversationId, skipped: null });
    expect(made.say).toHaveBeenCalledTimes(1);
  });

  it('says nothing when its claim is over: a receipt may have come while it stood still', async () => {
    const late = world({ isHeld: false });
    expect((await outcomeOf(late)).steps[0]).toMatchObject({ at: null, messageId: null });
    expect(late.say).not.toHaveBeenCalled();
  });

  it('says nothing in a closed conversation', async () => {
    const closed = world({ state: 'closed' });
    expect((await outcomeOf(closed)).steps[0]).toMatchObject({ skipped: 'The conversation is closed.' });
    expect(closed.say).not.toHaveBeenCalled();
  });

  it('knows what it said before a crash, also when the conversation was closed since: no other channel says it too', async () => {
    const again = world({ state: 'closed', isMade: true, epoch: 2 });
    expect((await outcomeOf(again)).steps[0]).toMatchObject({ conversationId, skipped: null });
    expect(again.say).not.toHaveBeenCalled();
  });
});
