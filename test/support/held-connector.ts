import { z } from 'zod';
import {
  registry,
  type AnyConnector,
  type Check,
  type Connection,
  type ConnectionIo,
} from '#libs/connectors';
import { fault } from '#libs/faults';

/** What happened on the held connections of one test. */
export interface HeldWorld {
  /** Connections that are open now, and the most that ever were at once. */
  open: number;
  most: number;
  openings: number;
  /** Texts that went out, in order, with the number of the opening that they went over. */
  sent: { text: string; opening: number }[];
  /** The latest connection's means; undefined while none is open. */
  io: ConnectionIo<unknown> | undefined;
  /** Ends the connection as the provider would. */
  drop(reason: string): void;
  /** What a check finds. */
  health: Check;
  /** What the provider kept, as texts by key; and since when it was asked. */
  kept: Record<string, string>;
  askedSince: number[];
  /** Makes the next openings fail. */
  failing: 'channel/credentials' | 'channel/unreachable' | null;
}

const Settings = z.strictObject({
  is_used: z.boolean().default(true).describe('Whether there is a connection at all'),
  label: z.string().default('').describe('Changes nothing'),
});

/** Adds a connector `held` to the registry whose sends go over a connection; one world for each test file. */
export function addHeldConnector(): HeldWorld {
  const world: HeldWorld = {
    open: 0,
    most: 0,
    openings: 0,
    sent: [],
    io: undefined,
    drop: () => undefined,
    health: { state: 'healthy', reason: 'All is well.' },
    kept: {},
    askedSince: [],
    failing: null,
  };
  const connector: AnyConnector = {
    manifest: {
      id: 'held',
      label: 'Held',
      description: 'For tests.',
      settings: Settings,
      secrets: [],
      limits: [],
      steps: [{ title: 'None', text: 'None.' }],
      deliveryClass: () => 'blind',
      pacing: () => ({ account: 'held' }),
    },
    outbound: {
      plan: (contents) => ({
        parts: contents.flatMap((one) =>
          one.type === 'text' ? [{ body: { text: one.text }, rendering: 'text' }] : [],
        ),
        lost: [],
      }),
      deliver: () => Promise.reject(fault('channel/not-connected')),
      refuses: (part) =>
        part.body['text'] === 'forbidden' ? { code: 'outside-window', reason: 'Too late for that.' } : null,
    },
    check: () => Promise.resolve(world.health),
    // oxlint-disable-next-line typescript/require-await -- a provider's list is read page by page
    async *gapFill(since) {
      world.askedSince.push(since);
      for (const [key, text] of Object.entries(world.kept)) {
        yield {
          event: {
            kind: 'message' as const,
            event_key: key,
            thread: 'ann',
            from: { kind: 'external', value: 'ann' },
            provider_id: key,
            content: [{ type: 'text' as const, text }],
          },
          raw: Buffer.from(text),
        };
      }
    },
    connection: {
      isUsed: ({ is_used }) => is_used as boolean,
      carriesSends: () => true,
      open: (io) => open(world, io),
    },
  };
  (registry as Map<string, AnyConnector>).set('held', connector);
  return world;
}

function open(world: HeldWorld, io: ConnectionIo<unknown>): Promise<Connection> {
  if (world.failing) throw fault(world.failing, { detail: 'The test says no.' });
  world.open++;
  world.most = Math.max(world.most, world.open);
  const opening = ++world.openings;
  let end: (reason: string) => void = () => undefined;
  let isOpen = true;
  const ended = new Promise<string>((resolve) => {
    end = (reason) => {
      if (isOpen) world.open--;
      isOpen = false;
      resolve(reason);
    };
  });
  world.io = io;
  world.drop = end;
  io.show({ state: 'open', reason: 'Connected.', setUp: { kind: 'code', value: 'SECRET-1234' } });
  return Promise.resolve({
    ended,
    deliver: (part) => {
      world.sent.push({ text: part.body['text'] as string, opening });
      return Promise.resolve({ providerRef: `ref-${world.sent.length}` });
    },
    close: () => {
      end('closed');
      return Promise.resolve();
    },
  });
}
