import { z } from 'zod';
import { registry, type AnyConnector, type DecodedEvent, type FetchedMedia } from '#libs/connectors';
import { fault, type FaultCode } from '#libs/faults';
import type { Content } from '#libs/model';

/** The files that a provider has, and what it was asked for. */
export interface FiledWorld {
  /** By reference. A code instead of a file: what asking for it ends in. */
  files: Map<string, FetchedMedia | FaultCode>;
  /** References in the order in which they were fetched. */
  fetched: string[];
  /** What went out: the address of the part, the link that was made for it, and the bytes that were read. */
  sent: { url: string; link: string; bytes: string }[];
}

/** Adds a connector `filed` to the registry, whose provider keeps files; one world for each test file. */
export function addFiledConnector(): FiledWorld {
  const world: FiledWorld = { files: new Map(), fetched: [], sent: [] };
  const connector: AnyConnector = {
    manifest: {
      id: 'filed',
      label: 'Filed',
      description: 'For tests.',
      settings: z.strictObject({}),
      secrets: [],
      limits: [],
      steps: [{ title: 'None', text: 'None.' }],
      deliveryClass: () => 'idempotent',
      pacing: () => ({ account: 'filed' }),
    },
    outbound: {
      plan: (contents) => ({
        parts: contents.flatMap((one) =>
          'url' in one ? [{ body: { url: one.url }, rendering: one.type }] : [],
        ),
        lost: [],
      }),
      deliver: async (part, _to, key, io) => {
        const url = part.body['url'] as string;
        const link = await io.linkTo(url);
        const { bytes } = await io.readMedia(url, 1_000);
        world.sent.push({ url, link, bytes: Buffer.from(bytes).toString() });
        return { providerRef: key };
      },
    },
    media: {
      fetch: async (ref, io) => {
        world.fetched.push(ref);
        if (ref === 'raw') return { bytes: await io.raw() };
        const file = world.files.get(ref) ?? 'channel/rejected';
        if (typeof file === 'string') throw fault(file, { detail: `No ${ref}.` });
        return file;
      },
    },
  };
  (registry as Map<string, AnyConnector>).set('filed', connector);
  return world;
}

/** A person's message with these contents, as such a channel decodes it. */
export function filed(key: string, content: Content[], raw = key): DecodedEvent {
  const from = { kind: 'external', value: 'ann' };
  const event = { kind: 'message' as const, event_key: key, thread: 'ann', from, provider_id: key, content };
  return { event, raw: Buffer.from(raw) };
}
