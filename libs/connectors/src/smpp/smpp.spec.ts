import { createServer, type AddressInfo } from 'node:net';
import fc from 'fast-check';
import type { Json } from '#libs/model';
import type { PduFields } from 'smpp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeSmsc, receiptFields } from '../../../../test/support/fake-smsc.js';
import { until } from '../../../../test/support/until.js';
import type { Connection, ConnectionIo, ConnectionState } from '../connection.js';
import type { DecodedEvent, Destination } from '../connector.js';
import { parseSettings } from '../settings.js';
import { createEgress } from '../shared/egress.js';
import { SmsBody } from '../shared/sms/plan-sms.js';
import { conformance } from '../testkit/index.js';
import { connector } from './connector.js';
import { decodePdu } from './decode.js';
import type { SmppSettings } from './manifest.js';
import { smpp } from './raw-pdus.js';

const TO: Destination = {
  thread: '+4915112345678',
  address: { kind: 'phone', value: '+4915112345678' },
  conversationId: 'conv_1',
  lastInboundAt: null,
  lastInboundRef: null,
};
const raw = { host: '127.0.0.1', port: 2_775, system_id: 'parley', password: 'secret', from: '+4930123456' };

conformance({
  connector,
  folder: import.meta.dirname,
  settings: () => raw,
  to: TO,
  plan: {
    limits: { segments: { max: () => 10, measure: ({ body }) => SmsBody.parse(body).segments } },
    readText: ({ body }) => SmsBody.parse(body).text,
  },
  overConnection: true,
});

/** A worker's side of a connection: what was stored, shown and remembered. */
class Worker {
  readonly events: DecodedEvent[] = [];
  readonly states: ConnectionState[] = [];
  readonly abort = new AbortController();
  isStoreAway = false;
  /** Called before the commit. */
  storing: () => void = () => undefined;
  readonly #egress = createEgress({ allowCidrs: ['127.0.0.0/8'] });

  constructor(private readonly memory = new Map<string, Json>()) {}

  io(settings: SmppSettings): ConnectionIo<SmppSettings> {
    return {
      settings,
      fetch: this.#egress.fetch,
      signal: this.abort.signal,
      now: Date.now,
      channelId: 'chan_1',
      linkTo: (url) => Promise.resolve(`https://parley.example/${url.slice(6)}`),
      readMedia: () => Promise.reject(new TypeError('not needed')),
      accept: (events) => {
        this.storing();
        if (this.isStoreAway) return Promise.reject(new TypeError('the store is away'));
        this.events.push(...events);
        return Promise.resolve();
      },
      show: (state) => void this.states.push(state),
      recall: (name) => Promise.resolve(this.memory.get(name) ?? null),
      remember: (name, value) => Promise.resolve(void this.memory.set(name, value)),
      folder: () => Promise.reject(new TypeError('not needed')),
    };
  }
  get texts(): unknown[] {
    return this.events.map(({ event }) =>
      event.kind === 'message' && event.content[0]?.type === 'text' ? event.content[0].text : event.kind,
    );
  }
  get keys(): string[] {
    return this.events.map(({ event }) => event.event_key);
  }
}

const settings = (more: object = {}): SmppSettings => parseSettings(connector, { ...raw, ...more });
const message = (more: PduFields): PduFields => ({
  source_addr_ton: 1,
  source_addr_npi: 1,
  source_addr: '4915112345678',
  dest_addr_ton: 1,
  dest_addr_npi: 1,
  destination_addr: '4930123456',
  data_coding: 0,
  ...more,
});
const saying = (text: string): PduFields => message({ short_message: Buffer.from(text, 'latin1') });

let smsc: FakeSmsc;
let open: Connection[];
beforeEach(async () => {
  smsc = await FakeSmsc.start();
  open = [];
});
afterEach(async () => {
  await Promise.all(open.map((connection) => connection.close()));
  await smsc.close();
});

async function connect(worker: Worker, more: object = {}): Promise<Connection> {
  const connection = await connector.connection!.open(worker.io(settings({ port: smsc.port, ...more })));
  open.push(connection);
  return connection;
}
async function send(connection: Connection, text: string, signal = AbortSignal.timeout(5_000)) {
  const [part] = connector.outbound.plan([{ type: 'text', text }], settings()).parts;
  return connection.deliver!(part!, TO, 'dlv_1', signal);
}

describe('the connection to an SMSC', () => {
  it('is open when it is bound, and says goodbye', async () => {
    const worker = new Worker();
    const connection = await connect(worker);
    expect(smsc.clients).toEqual(['parley']);
    expect(worker.states.at(-1)).toMatchObject({ state: 'open' });
    await connection.close();
    await connection.ended;
    await until('nobody is bound', () => smsc.clients.length === 0);
  });

  it.each([
    [{ password: 'wrong' }, 'channel/credentials'],
    [{ system_id: 'nobody' }, 'channel/credentials'],
    [{ host: '10.1.2.3' }, 'channel/unreachable'],
  ])('with %j is %s', async (more, code) => {
    await expect(connect(new Worker(), more)).rejects.toMatchObject({ code });
  });

  it.each(['220 mail.example ESMTP\r\n', '\0\0\0\x10\0\0\0\0', '\0\0\0\x04\0\0\0\x04', ''])(
    'is unreachable when %j answers',
    async (greeting) => {
      const server = createServer((socket) => {
        socket.on('error', () => undefined).resume();
        socket.write(greeting);
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as AddressInfo;
      const call = connect(new Worker(), { port, response_timeout_seconds: 1 });
      await expect(call).rejects.toMatchObject({ code: 'channel/unreachable' });
      await new Promise((resolve) => server.close(resolve));
    },
  );

  it('ends when the SMSC closes it, or does not answer any more', async () => {
    const lost = await connect(new Worker());
    smsc.cut();
    expect(await lost.ended).toMatch(/closed|failed/);
    smsc.answersEnquiries = false;
    const silent = await connect(new Worker(), { enquire_link_seconds: 1, response_timeout_seconds: 1 });
    expect(await silent.ended).toContain('does not answer');
    expect(smsc.enquiries.length).toBeGreaterThan(0);
  });

  it('ends when the worker gives it up', async () => {
    const worker = new Worker();
    const connection = await connect(worker);
    worker.abort.abort();
    await connection.ended;
    await until('nobody is bound', () => smsc.clients.length === 0);
  });
});

describe('sending by SMPP', () => {
  it.each([
    ['ñ €', 0, '7d201b65'],
    ['Hello [x]', 0, '48656c6c6f201b3c781b3e'],
    ['Жé', 8, '041600e9'],
    ['👋', 8, 'd83ddc4b'],
  ])('%j goes out in coding %i as %s', async (text, coding, hex) => {
    const connection = await connect(new Worker());
    expect(await send(connection, text)).toEqual({ providerRef: 'id-1' });
    expect(smsc.submits[0]).toMatchObject({
      source_addr: '4930123456',
      source_addr_ton: 1,
      destination_addr: '4915112345678',
      dest_addr_ton: 1,
      dest_addr_npi: 1,
      data_coding: coding,
      esm_class: 0,
      registered_delivery: 1,
    });
    expect(smsc.submits[0]!.short_message!.toString('hex')).toBe(hex);
  });

  it.each([
    [{ from: 'Acme Inc' }, { source_addr: 'Acme Inc', source_addr_ton: 5, source_addr_npi: 0 }],
    [{ from: '12345' }, { source_addr: '12345', source_addr_ton: 3, source_addr_npi: 0 }],
    [
      { from: '12345', source_ton: 0, source_npi: 1 },
      { source_addr_ton: 0, source_addr_npi: 1 },
    ],
  ])('with %j the sender is %j', async (more, fields) => {
    await send(await connect(new Worker(), more), 'x');
    expect(smsc.submits[0]).toMatchObject(fields);
  });

  it('cuts a long message by header, and wants one receipt for all of it', async () => {
    const text = `${'a'.repeat(152)}€${'b'.repeat(160)}`;
    const connection = await connect(new Worker());
    expect(await send(connection, text)).toEqual({ providerRef: 'id-3' });
    expect(
      smsc.submits.map(({ esm_class, registered_delivery }) => [esm_class, registered_delivery]),
    ).toEqual([
      [0x40, 0],
      [0x40, 0],
      [0x40, 1],
    ]);
    const headers = smsc.submits.map(({ short_message }) => short_message!.subarray(0, 6));
    const ref = headers[0]![3]!;
    expect(headers.map((bytes) => [...bytes])).toEqual([1, 2, 3].map((part) => [5, 0, 3, ref, 3, part]));
    expect(smsc.submits.map(({ short_message }) => short_message!.length)).toEqual([158, 159, 15]);
  });

  it('leaves the cutting to the SMSC where it wants that', async () => {
    await send(await connect(new Worker(), { long_messages: 'payload' }), 'ж'.repeat(300));
    expect(smsc.submits).toHaveLength(1);
    expect(smsc.submits[0]!.message_payload).toHaveLength(600);
  });

  it('says what is plain in the alphabet of the SMSC', async () => {
    await send(await connect(new Worker(), { default_alphabet: 'latin-1' }), 'ñ');
    await send(await connect(new Worker(), { default_alphabet: 'latin-1' }), 'Δ');
    expect(
      smsc.submits.map(({ data_coding, short_message }) => [data_coding, short_message!.toString('hex')]),
    ).toEqual([
      [0, 'f1'],
      [8, '0394'],
    ]);
  });

  it.each([
    [0x58, 'channel/throttled'],
    [0x14, 'channel/throttled'],
    [0x08, 'channel/unreachable'],
    [0x64, 'channel/unreachable'],
    [0x0a, 'channel/credentials'],
    [0x0b, 'channel/rejected'],
    [0x45, 'channel/rejected'],
    [0x4ff, 'channel/rejected'],
  ])('status %i is %s', async (status, code) => {
    const connection = await connect(new Worker());
    smsc.answer = () => status;
    await expect(send(connection, 'x')).rejects.toMatchObject({ code, provider: { name: 'smpp' } });
  });

  it('does not know what the person sees when some segments were refused', async () => {
    const connection = await connect(new Worker());
    smsc.answer = (_, index) => (index === 2 ? 0x58 : 0);
    await expect(send(connection, 'a'.repeat(400))).rejects.toMatchObject({
      code: 'channel/outcome-unknown',
    });
  });

  it('does not know what became of what has no answer, and nothing waits for ever', async () => {
    smsc.answer = () => 'hang';
    const slow = await connect(new Worker(), { response_timeout_seconds: 1 });
    await expect(send(slow, 'x')).rejects.toMatchObject({ code: 'channel/outcome-unknown' });
    const abort = new AbortController();
    const call = send(await connect(new Worker()), 'x', abort.signal);
    await until('the second has arrived', () => smsc.submits.length === 2);
    abort.abort();
    await expect(call).rejects.toMatchObject({ code: 'channel/outcome-unknown' });
    smsc.answer = () => 'cut';
    const cut = await connect(new Worker());
    await expect(send(cut, 'x')).rejects.toMatchObject({ code: 'channel/outcome-unknown' });
    await expect(send(cut, 'x')).rejects.toMatchObject({ code: 'channel/unreachable' });
  });

  it('keeps the window', async () => {
    const connection = await connect(new Worker(), { window: 2 });
    let waiting = 0;
    smsc.answer = () => {
      waiting++;
      return 'hang';
    };
    const calls = [1, 2, 3].map(() => send(connection, 'x'));
    await until('two have arrived', () => waiting === 2);
    await expect(smsc.deliver(saying('meanwhile'))).resolves.toMatchObject({ command_status: 0 });
    expect(waiting).toBe(2);
    await connection.close();
    const ends = await Promise.allSettled(calls);
    expect(
      ends.map((end) => (end.status === 'rejected' ? (end.reason as { code: string }).code : '')),
    ).toEqual(['channel/outcome-unknown', 'channel/outcome-unknown', 'channel/unreachable']);
  });
});

describe('what the SMSC brings', () => {
  it.each([
    [0, '7d201b65', 'ñ €'],
    [1, '40', '@'],
    [3, 'f1', 'ñ'],
    [8, '041600e9', 'Жé'],
    [8, 'd83d', '\ufffd'],
    [0xf1, '7d', 'ñ'],
    [4, '0011', 'ignored'],
    [0, '', 'ignored'],
  ])('in coding %i, %s is %j', async (data_coding, hex, text) => {
    const worker = new Worker();
    await connect(worker);
    await smsc.deliver(message({ data_coding, short_message: Buffer.from(hex, 'hex') }));
    expect(worker.texts).toEqual([text]);
  });

  it('is acknowledged after it is stored, in its order', async () => {
    const worker = new Worker();
    await connect(worker);
    const answered: string[] = [];
    const texts = Array.from({ length: 50 }, (_, n) => `m${n}`);
    worker.storing = () => expect(answered.length).toBeLessThanOrEqual(worker.events.length);
    await Promise.all(texts.map((text) => smsc.deliver(saying(text)).then(() => answered.push(text))));
    expect(worker.texts).toEqual(texts);
    expect(worker.events[0]!.event).toMatchObject({
      thread: '+4915112345678',
      from: { kind: 'phone', value: '+4915112345678' },
      metadata: { to: '+4930123456' },
    });
  });

  it('is offered again while the store is away, and known again under its key', async () => {
    const worker = new Worker();
    await connect(worker);
    worker.isStoreAway = true;
    expect(await smsc.deliver(saying('hello'))).toMatchObject({ command_status: 0x64 });
    worker.isStoreAway = false;
    expect(await smsc.deliver(saying('hello'))).toMatchObject({ command_status: 0 });
    expect(worker.texts).toEqual(['hello']);
  });

  it('that was stored, but not acknowledged before the worker died, is known again', async () => {
    const memory = new Map<string, Json>();
    const first = new Worker(memory);
    await connect(first);
    first.storing = () => smsc.cut(); // stored, and the answer is lost
    await expect(smsc.deliver(saying('yes'))).rejects.toThrow();
    await until('it is stored', () => first.events.length === 1);
    const second = new Worker(memory);
    await connect(second);
    await smsc.deliver(saying('yes'));
    await smsc.deliver(saying('yes')); // the person says it once more
    expect(second.keys[0]).toBe(first.keys[0]);
    expect(second.keys[1]).not.toBe(first.keys[0]);
    await until('nothing is doubtful', () => JSON.stringify(memory.get('taking')) === '[]');
  });

  it('is one part of a long message, by header of 8 or 16 bits or by fields', async () => {
    const worker = new Worker();
    await connect(worker);
    const udh = (...bytes: number[]): PduFields =>
      message({ esm_class: 0x40, short_message: Buffer.from([...bytes, 0x41]) });
    await smsc.deliver(udh(5, 0, 3, 7, 3, 2));
    await smsc.deliver(udh(6, 8, 4, 1, 0, 3, 1));
    await smsc.deliver({ ...saying('A'), sar_msg_ref_num: 9, sar_total_segments: 2, sar_segment_seqnum: 1 });
    await smsc.deliver(udh(5, 0, 3, 7, 3, 9));
    expect(worker.texts).toEqual(['A', 'A', 'A', 'A']);
    expect(worker.events.map(({ event }) => ('join' in event ? event.join : null))).toEqual([
      { of: '8.7/3', part: 2, total: 3 },
      { of: '16.256/3', part: 1, total: 3 },
      { of: 'sar.9/2', part: 1, total: 2 },
      null,
    ]);
  });

  it.each([
    [receiptFields('id-1', 'DELIVRD'), {}, { provider_ref: 'id-1', status: 'delivered' }],
    [receiptFields('id-1', 'UNDELIV', '011'), {}, { status: 'failed', error: { code: '011' } }],
    [receiptFields('id-1', 'ACCEPTD'), {}, { status: 'sent' }],
    [receiptFields('id-1', 'UNKNOWN'), {}, { kind: 'ignored' }],
    [
      { esm_class: 4, receipted_message_id: 'id-9', message_state: 2 },
      {},
      { provider_ref: 'id-9', status: 'delivered' },
    ],
    [receiptFields('255', 'DELIVRD'), { receipt_ids: 'decimal' }, { provider_ref: '255' }],
    [receiptFields('00FF', 'DELIVRD'), { receipt_ids: 'hexadecimal' }, { provider_ref: '255' }],
  ])('receipt %#', async (fields, more, event) => {
    const worker = new Worker();
    await connect(worker, more);
    await smsc.deliver(message(fields));
    expect(worker.events[0]!.event).toMatchObject(event);
  });

  it('names a send by the same id, however the two are written', async () => {
    smsc.idOf = () => '00ff';
    const connection = await connect(new Worker(), { receipt_ids: 'decimal' });
    expect(await send(connection, 'x')).toEqual({ providerRef: '255' });
  });

  it('never throws, whatever it is', () => {
    const bytes = fc.uint8Array({ maxLength: 200 }).map((made) => Buffer.from(made));
    const fields = fc.record({
      esm_class: fc.integer({ min: 0, max: 255 }),
      data_coding: fc.integer({ min: 0, max: 255 }),
      source_addr: fc.string({ maxLength: 21 }),
      source_addr_ton: fc.integer({ min: 0, max: 255 }),
      short_message: bytes,
      message_payload: bytes,
    });
    fc.assert(
      fc.property(fields, (made) => {
        const { event } = decodePdu(new smpp.PDU('deliver_sm', made), 'k', settings());
        expect(event.event_key).not.toBe('');
      }),
    );
  });
});
