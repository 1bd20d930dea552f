import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { callbackify } from 'node:util';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectorOf, type HookRequest } from '#libs/connectors';
import { Rule } from '#libs/model';
import type { LoadedChannel } from '#libs/store';
import { parseMail, type Mail } from '../../libs/connectors/src/shared/mail/mail.js';
import { startPipeline, type Pipeline } from '../support/pipeline.js';
import { until } from '../support/until.js';

/** What a robot writes back: header lines, a blank line, text. */
type Robot = (got: Mail, n: number) => string[];
const words = 'Thank you for your message, we will get back to you as soon as possible.';
const threaded = ({ messageId, subject }: Mail): string[] => [
  `In-Reply-To: <${messageId}>`,
  `References: <${messageId}>`,
  `Subject: ${subject}`,
];
const numbers = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];

const robots: Record<string, Robot> = {
  'says that it is one': (got) => [...threaded(got), 'Auto-Submitted: auto-replied', '', words],
  'says the same again': (got) => [...threaded(got), '', words],
  'gives a number to each mail': (got, n) => [...threaded(got), '', `${words} Your ticket is ABC-${n}.`],
  'says little': (got) => [...threaded(got), '', 'Got it!'],
  'says something else each time': (got) => [...threaded(got), '', randomUUID().replace(/[\d-]/g, ' ')],
  'asks something else each time': (got, n) => [...threaded(got), '', `Tell me about ${numbers[n % 10]}.`],
  'quotes what it got': (got) => [
    ...threaded(got),
    '',
    words,
    '',
    ...(got.text ?? '').split('\n').map((l) => `> ${l}`),
  ],
  'drops the headers': ({ subject }) => [`Subject: ${subject}`, '', words],
  'drops the headers and asks something else': ({ subject }, n) => [
    `Subject: ${subject}`,
    '',
    `And ${numbers[n % 10]}?`,
  ],
  'begins anew each time': (_, n) => [`Subject: Your request no. ${n}`, '', words],
  'begins anew and asks something else': (_, n) => [
    `Subject: Request no. ${n}`,
    '',
    `What of ${numbers[n % 10]}?`,
  ],
};

describe('a mailbox that answers every mail', () => {
  let pipeline: Pipeline;
  let channel: LoadedChannel;
  let server: SMTPServer;
  const got = new Map<string, Mail[]>();
  const answering = new Map<string, Robot>();
  let posted = 0;

  beforeAll(async () => {
    server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['AUTH', 'STARTTLS'],
      onData(stream, _session, done) {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          finish(parseMail(Buffer.concat(chunks)), done);
        });
      },
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    pipeline = await startPipeline({ queue: 'postgres' });
    channel = await pipeline.addChannel({
      connector: 'email',
      bot: {
        rules: numbers.map((word) =>
          Rule.parse({
            id: word,
            when: { words: [word] },
            reply: [{ type: 'text', text: `This is about ${word}.` }],
          }),
        ),
      },
      settings: {
        address: 'support@acme.example',
        token_secret: 'token-secret-0123456789',
        hook_secret: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
        smtp_host: '127.0.0.1',
        smtp_port: (server.server.address() as AddressInfo).port,
        smtp_security: 'none',
        check_dns: false,
      },
    });
  }, 60_000);
  afterAll(async () => {
    await pipeline?.close();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });

  const finish = callbackify(take);

  /** A robot answers before its server says that it has the mail: so nothing of it is ever under way unseen. */
  async function take(mail: Mail): Promise<void> {
    const address = mail.to[0]!.address;
    const mails = [...(got.get(address) ?? []), mail];
    got.set(address, mails);
    const robot = answering.get(address);
    if (robot && mails.length < 8) await write(address, robot(mail, mails.length));
  }
  async function write(from: string, lines: readonly string[]): Promise<void> {
    posted++;
    const head = [
      `From: ${from}`,
      'To: support@acme.example',
      `Message-ID: <${randomUUID()}@robots.example>`,
    ];
    const request: HookRequest = {
      method: 'POST',
      url: 'https://parley.example/hooks/email/x',
      query: {},
      headers: { 'content-type': 'message/rfc822' },
      body: Buffer.from([...head, ...lines].join('\r\n')),
      receivedAt: Date.now(),
    };
    const { events } = connectorOf('email').webhook!.decode(request, channel.settings);
    await pipeline.door.accept(channel, events);
  }
  /** Everything that came was handled, and nothing waits to go out. */
  const isQuiet = async (): Promise<boolean> => {
    const sql = `select (select count(*)::int from message where direction = 'in') as heard,
      (select count(*)::int from inbox_event where status not in ('done', 'ignored')) as waiting,
      (select count(*)::int from conversation where answered_seq < last_message_seq and owner = 'bot'
        and exists (select from message m where m.conversation_id = conversation.id and m.seq > answered_seq and m.direction = 'in')) as owed,
      (select count(*)::int from delivery where status in ('queued', 'sending')) as open`;
    const { heard, waiting, owed, open } = (
      await pipeline.owner.query<{ heard: number; waiting: number; owed: number; open: number }>(sql)
    ).rows[0]!;
    return heard === posted && waiting + owed + open === 0;
  };

  it('gets at most two from us, whatever it says', async () => {
    const names = Object.keys(robots);
    for (const [at, robot] of Object.values(robots).entries()) {
      answering.set(`robot${at}@robots.example`, robot);
    }
    for (const address of answering.keys())
      await write(address, ['Subject: Hello', '', 'Please send me your terms.']);
    await until('nobody says anything more', isQuiet, 25_000);
    const counts = names.map(
      (name, at) => [name, got.get(`robot${at}@robots.example`)?.length ?? 0] as const,
    );
    expect(counts.filter(([, count]) => count === 0 || count > 2)).toEqual([]);
  });

  it('is a person when it takes its time: a conversation goes on', async () => {
    const address = 'ann@shop.example';
    await write(address, ['Subject: Terms', '', 'Tell me about one.']);
    await until('a first answer', () => got.get(address)?.length === 1);
    await write(address, [...threaded(got.get(address)![0]!), '', 'And what about two?']);
    await until('a second answer', () => got.get(address)?.length === 2);
    expect(got.get(address)![1]!.text).toContain('This is about two.');
  });

  it('is thanked once a day, however many mails it begins', async () => {
    const address = 'bob@shop.example';
    for (const subject of ['One', 'Two', 'Three']) {
      await write(address, [
        `Subject: ${subject}`,
        '',
        `About ${subject.toLowerCase().slice(0, 1)}, please.`,
      ]);
      await until('all is quiet', isQuiet);
    }
    expect(got.get(address)).toHaveLength(1);
    const { rows } = await pipeline.owner.query<{ code: string }>(
      "select error -> 'provider' ->> 'code' as code from delivery where destination = $1 and status = 'dead'",
      [address],
    );
    expect(rows).toEqual([{ code: 'said-today' }, { code: 'said-today' }]);
  });
});
