import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiOf, boot, makeWorkspace, type Api, type Booted } from '../support/boot.js';
import { FakeSmsc } from '../support/fake-smsc.js';
import { Kannel } from '../support/kannel.js';
import { programs } from '../support/programs.js';
import { until } from '../support/until.js';

const PHONE = '+4915112345678';
const KANNEL_NUMBER = '+4930100001';
const SMPP_NUMBER = '+4930100002';

/** What must come through unaltered: both alphabets, at and around every border between segments. */
const TEXTS: readonly string[] = [
  'Hello',
  '@£$¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ',
  'brackets [1] {2} ~ ^ | \\ and 5 €',
  'Grüße aus Köln: äöüÄÖÜß',
  'x'.repeat(160),
  'x'.repeat(161),
  `${'x'.repeat(159)}€`,
  `${'y'.repeat(152)}€${'z'.repeat(200)}`,
  'a long one, '.repeat(45).trim(),
  'Привет, мир',
  '日本語のメッセージ',
  'ж'.repeat(70),
  'ж'.repeat(71),
  `${'ж'.repeat(66)}😀${'ж'.repeat(20)}`,
  '😀😃😄👩‍👩‍👧‍👦🇩🇪 done',
  '50% off & more + nothing else = 100%25 %p %b',
  'مرحبا بالعالم',
  'two\nlines',
];

/** The provider's address of this Parley: it can be shut, as an outage shuts it. */
class Front {
  isShut = false;
  readonly #server: Server;
  private constructor(target: () => string) {
    this.#server = createServer((request, response) => {
      if (this.isShut) return void request.socket.destroy();
      const pass = async (): Promise<void> => {
        const answer = await fetch(`${target()}${request.url}`);
        response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
        response.end(await answer.text());
      };
      pass().catch(() => request.socket.destroy());
    });
  }
  static async start(target: () => string): Promise<Front> {
    const front = new Front(target);
    await new Promise<void>((resolve) => front.#server.listen(0, '127.0.0.1', resolve));
    return front;
  }
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }
  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}

interface Said {
  direction: 'in' | 'out';
  parts: { text?: string }[];
  status: string;
  error: { code: string; provider?: { name: string; message: string } } | null;
}

describe.skipIf(!programs.kannel)('SMS over a real Kannel', () => {
  let booted: Booted;
  let api: Api;
  let front: Front;
  let smsc: FakeSmsc;
  let kannel: Kannel;
  let kannelChannel: string;
  let smppChannel: string;

  beforeAll(async () => {
    front = await Front.start(() => booted.url);
    smsc = await FakeSmsc.start();
    smsc.passwords['kannel'] = 'secret';
    booted = await boot({ env: { PARLEY_PUBLIC_URL: front.url, PARLEY_CHECK_EVERY: '1s' } });
    const home = await makeWorkspace(booted, 'SMS');
    api = apiOf(booted, home.key);
    const bot = await api('POST', '/v1/bots', { name: 'Repeats', definition: repeats });
    expect(bot.status).toBe(201);
    const make = async (connector: string, settings: object): Promise<{ id: string; webhook: string }> => {
      const made = await api('POST', '/v1/channels', {
        connector,
        name: connector,
        settings,
        bot_id: bot.body.id,
      });
      expect(made.body).toMatchObject({ connector });
      return { id: made.body.id as string, webhook: made.body.webhook_url as string };
    };
    // The ports of Kannel are known after its start, which wants the channel's address.
    const hookSecret = 'kannel-hook-secret-0123456789';
    const first = await make('kannel', {
      sendsms_url: 'http://127.0.0.1:1/cgi-bin/sendsms',
      username: 'parley',
      password: 'secret',
      from: KANNEL_NUMBER,
      hook_secret: hookSecret,
    });
    kannelChannel = first.id;
    kannel = await Kannel.start({
      smscPort: smsc.port,
      getUrl: `${front.url}/hooks/kannel/${kannelChannel}?secret=${hookSecret}&from=%p&to=%P&text=%b&id=%I&time=%T&coding=%c&charset=%C`,
    });
    const changed = await api('PATCH', `/v1/channels/${kannelChannel}`, {
      settings: { sendsms_url: kannel.sendsmsUrl },
    });
    expect(changed.status).toBe(200);
    smppChannel = (
      await make('smpp', {
        host: '127.0.0.1',
        port: smsc.port,
        system_id: 'parley',
        password: 'secret',
        from: SMPP_NUMBER,
      })
    ).id;
    smsc.relay('kannel', 'parley');
    smsc.relay('parley', 'kannel');
    await until('both are bound', () => ['kannel', 'parley'].every((name) => smsc.clients.includes(name)));
  }, 60_000);
  afterAll(async () => {
    await kannel?.stop();
    await booted?.close();
    await smsc?.close();
    await front?.close();
  });

  /** A phone writes one short SMS to the number behind one of the two clients. */
  const says = (client: 'kannel' | 'parley', text: string, from = PHONE): Promise<unknown> =>
    smsc.deliver(
      {
        source_addr: from.slice(1),
        source_addr_ton: 1,
        source_addr_npi: 1,
        destination_addr: (client === 'kannel' ? KANNEL_NUMBER : SMPP_NUMBER).slice(1),
        dest_addr_ton: 1,
        dest_addr_npi: 1,
        data_coding: 0,
        short_message: Buffer.from(text, 'ascii'),
      },
      client,
    );

  /** What is in the conversation with this number, oldest first. */
  async function saidWith(channelId: string, number: string): Promise<Said[]> {
    const { body } = await api('GET', `/v1/conversations?channel_id=${channelId}&limit=100`);
    for (const { id, thread } of body.data as { id: string; thread: string }[]) {
      if (thread !== number) continue;
      const messages = await api('GET', `/v1/conversations/${id}/messages?order=asc&limit=100`);
      return messages.body.data as Said[];
    }
    return [];
  }
  const textsOf = (messages: readonly Said[], direction: 'in' | 'out'): string[] =>
    messages
      .filter((message) => message.direction === direction)
      .map(({ parts }) => parts.map(({ text }) => text).join(''));

  it.each([
    ['Kannel to SMPP', 'kannel', () => kannelChannel, () => smppChannel, KANNEL_NUMBER],
    ['SMPP to Kannel', 'parley', () => smppChannel, () => kannelChannel, SMPP_NUMBER],
  ] as const)(
    'comes through unaltered, once and in order, from %s',
    async (_, client, sender, receiver, number) => {
      for (const [index, text] of TEXTS.entries()) {
        await says(client, `t${index}`);
        await until(`text ${index} has arrived`, async () =>
          textsOf(await saidWith(receiver(), number), 'in').includes(text),
        );
      }
      expect(textsOf(await saidWith(receiver(), number), 'in')).toEqual(TEXTS);
      const sent = await until('everything is known to be delivered', async () => {
        const out = (await saidWith(sender(), PHONE)).filter(({ direction }) => direction === 'out');
        return out.length === TEXTS.length && out.every(({ status }) => status === 'delivered') ? out : null;
      });
      expect(textsOf(sent, 'out')).toEqual(TEXTS.map(asLiteral));
    },
    120_000,
  );

  it('is heard once when Parley was away, because Kannel calls again', async () => {
    const phone = '+4915100000002';
    front.isShut = true;
    await says('kannel', 't0', phone);
    await until('Kannel has failed to call', () => /Retrying|retry|http_retry/i.test(kannel.log));
    front.isShut = false;
    await until('the answer', async () =>
      textsOf(await saidWith(kannelChannel, phone), 'out').includes('Hello'),
    );
    expect(textsOf(await saidWith(kannelChannel, phone), 'in')).toEqual(['t0']);
  });

  it('waits for a Kannel that is away, shows it, and is sent when it is back', async () => {
    const phone = '+4915100000003';
    await says('kannel', 't0', phone);
    await until('the first is delivered', async () =>
      (await saidWith(kannelChannel, phone)).some(({ status }) => status === 'delivered'),
    );
    await kannel.pause();
    const url = `${front.url}/hooks/kannel/${kannelChannel}?secret=kannel-hook-secret-0123456789&from=%2B4915100000003&to=1&text=t1&id=away-1&coding=0&charset=UTF-8`;
    expect((await fetch(url)).status).toBe(200);
    const health = await until('it shows', async () => {
      const { body } = await api('GET', `/v1/channels/${kannelChannel}`);
      return body.health.state === 'down' ? (body.health as { reason: string }) : null;
    });
    expect(health.reason).toContain('Kannel at 127.0.0.1');
    const before = smsc.submits.length;
    await kannel.resume();
    await until(
      'it is delivered',
      async () => {
        const out = (await saidWith(kannelChannel, phone)).filter(({ direction }) => direction === 'out');
        return out.length === 2 && out[1]!.status === 'delivered';
      },
      20_000,
    );
    expect(smsc.submits.length).toBe(before + 1);
    await until('it is well again', async () => {
      const { body } = await api('GET', `/v1/channels/${kannelChannel}`);
      return body.health.state === 'healthy';
    });
  }, 90_000);

  it('says why when the carrier refuses', async () => {
    const phone = '+4915100000004';
    smsc.answer = () => 0x0b;
    try {
      await says('kannel', 't0', phone);
      const failed = await until('it failed', async () =>
        (await saidWith(kannelChannel, phone)).find(({ status }) => status === 'failed'),
      );
      expect(failed.error).toMatchObject({
        code: '0x0000000b',
        provider: { name: 'kannel', message: 'Invalid Destination Address' },
      });
    } finally {
      smsc.answer = () => 0;
    }
  });

  it('is not sent to who said STOP, until they say START', async () => {
    const phone = '+4915100000005';
    const before = smsc.submits.length;
    await says('kannel', 'STOP', phone);
    await says('kannel', 't0', phone);
    await until('both are in', async () => textsOf(await saidWith(kannelChannel, phone), 'in').length === 2);
    const refused = await until('the answer is refused', async () =>
      (await saidWith(kannelChannel, phone)).find(({ status }) => status === 'failed'),
    );
    expect(refused.error).toMatchObject({ code: 'channel/opted-out' });
    expect(smsc.submits.length).toBe(before);
    await says('kannel', 'START', phone);
    await says('kannel', 't1', phone);
    await until('it is answered again', () => smsc.submits.length > before);
  });

  it('leaves by the next provider when Kannel is away, and by it alone', async () => {
    const phone = '+4915100000006';
    const changed = await api('PATCH', `/v1/channels/${kannelChannel}`, {
      fallback_channel_ids: [smppChannel],
    });
    expect(changed.status).toBe(200);
    await kannel.pause();
    const before = smsc.submits.length;
    const url = `${front.url}/hooks/kannel/${kannelChannel}?secret=kannel-hook-secret-0123456789&from=%2B4915100000006&to=1&text=t0&id=away-2&coding=0&charset=UTF-8`;
    expect((await fetch(url)).status).toBe(200);
    await until('it left by SMPP', () => smsc.submits.length > before, 10_000);
    expect(smsc.submits[before]).toMatchObject({ destination_addr: phone.slice(1) });
    await kannel.resume();
    await until('Kannel is bound again', () => smsc.clients.includes('kannel'));
    await says('kannel', 't1', phone);
    await until('the next one too has left', () => smsc.submits.length > before + 1);
    expect(smsc.submits.slice(before).map(({ destination_addr }) => destination_addr)).toEqual([
      phone.slice(1),
      phone.slice(1),
    ]);
  }, 60_000);
});

/** Answers `t0`, `t1`, … with the text of that number, and nothing else at all. */
const repeats = {
  persona: { name: 'Repeats' },
  rules: TEXTS.map((text, index) => ({
    id: `t${index}`,
    when: { words: [`t${index}`] },
    reply: [{ type: 'text', text: asLiteral(text) }],
  })),
};

/** Texts of bots are Markdown and Liquid: signs that mean something there are escaped. */
function asLiteral(text: string): string {
  return text.replace(/[\\[\]{}~|*_`]/g, '\\$&');
}
