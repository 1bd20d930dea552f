import { once } from 'node:events';
import { createServer } from 'node:http';
import { isGenuine } from './signing.mjs';

/**
 * One call that reached the provider: the second of the three records.
 *
 * @typedef {object} Call
 * @property {number} at          when it was judged, in milliseconds of the harness's clock
 * @property {string} channel     name
 * @property {string} id          our reference: `dlv_…`
 * @property {string} thread
 * @property {string} text
 * @property {string} fate        see `fates`
 * @property {boolean} isAccepted it will be shown to the person
 * @property {boolean} isRepeat   the provider knew the reference and kept nothing new
 * @property {boolean} isGenuine  signed with this channel's secret
 */

/** How often a provider behaves how, while there are faults. */
const fates = {
  ok: 84,
  'error-500': 4,
  'accept-then-hang': 2,
  hang: 2,
  garbage: 2,
  'accept-then-reset': 3,
  reset: 3,
};
const ACCEPTING = new Set(['ok', 'accept-then-hang', 'garbage', 'accept-then-reset']);
/** How long a kept message needs before it can be looked up. */
const SETTLE_MS = 1_000;

/** The provider of all channels: keeps what we post, and answers by its seeded mood. */
export class Provider {
  #random;
  #channels = new Map();
  #kept = new Map();
  #attempts = new Map();
  #server = createServer((request, response) => void this.#serve(request, response));
  /** Answers 429 until then, by channel. */
  #stormUntil = new Map();
  /** @type {Call[]} */
  calls = [];
  lookups = 0;
  /** Told of everything that is shown to a person, so that a receipt can be sent. @type {(call: Call) => void} */
  onAccepted = () => undefined;
  /** Without faults it behaves. */
  isCalm = false;
  url = '';

  /** @param {import('./prng.mjs').Random} random */
  constructor(random) {
    this.#random = random;
  }

  async start() {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.url = `http://127.0.0.1:${this.#server.address().port}`;
  }

  /** @param {readonly import('./tenants.mjs').ChaosChannel[]} channels */
  serve(channels) {
    for (const channel of channels) this.#channels.set(`/${channel.name}`, channel);
  }

  /** Every channel of the list answers 429 for so long. @param {readonly string[]} names @param {number} ms */
  storm(names, ms) {
    for (const name of names) this.#stormUntil.set(name, Date.now() + ms);
  }

  stop() {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #serve(request, response) {
    const { pathname, searchParams } = new URL(request.url, this.url);
    const channel = this.#channels.get(pathname);
    const chunks = [];
    try {
      for await (const chunk of request) chunks.push(chunk);
    } catch {
      return; // the caller died in the middle of its request
    }
    if (!channel) return void response.writeHead(404).end();
    if (request.method === 'HEAD') return void response.writeHead(204).end(); // a check of the channel
    if (request.method === 'GET') return this.#lookUp(channel, searchParams.get('id'), response);
    this.#take(channel, request, Buffer.concat(chunks), response);
  }

  #lookUp(channel, id, response) {
    this.lookups++;
    const kept = this.#kept.get(`${channel.name} ${id}`);
    if (!kept || Date.now() - kept < SETTLE_MS) return void response.writeHead(404).end();
    response.writeHead(200).end(JSON.stringify({ id }));
  }

  #take(channel, request, body, response) {
    const post = JSON.parse(body.toString());
    const text = post.content.map((piece) => piece.text).join('\n');
    const name = `${channel.name} ${post.id}`;
    const isRepeat = channel.delivery === 'idempotent' && this.#kept.has(name);
    const fate = this.#fate(channel, post.thread, text);
    const isAccepted = ACCEPTING.has(fate) && !isRepeat;
    if (isAccepted) this.#kept.set(name, Date.now());
    const genuine = isGenuine(channel.outboundSecret, request.headers, body);
    this.calls.push({
      at: Date.now(),
      channel: channel.name,
      id: post.id,
      thread: post.thread,
      text,
      fate,
      isAccepted,
      isRepeat,
      isGenuine: genuine,
    });
    if (isAccepted) this.onAccepted(this.calls.at(-1));
    answer(fate, post.id, response);
  }

  /** The same reply meets the same fate at its n-th attempt, whatever else goes on. */
  #fate(channel, thread, text) {
    if (/\brefuse\b/.test(text)) return 'refused';
    if ((this.#stormUntil.get(channel.name) ?? 0) > Date.now()) return 'throttled';
    if (this.isCalm) return 'ok';
    const name = `${channel.name} ${thread} ${text}`;
    const attempt = (this.#attempts.get(name) ?? 0) + 1;
    this.#attempts.set(name, attempt);
    return this.#random.fork(`${name} ${attempt}`).weighted(fates);
  }
}

function answer(fate, id, response) {
  switch (fate) {
    case 'ok':
      return void response.writeHead(200).end(JSON.stringify({ id }));
    case 'garbage':
      return void response.writeHead(200).end('<html>Thank you</html>');
    case 'throttled':
      return void response.writeHead(429, { 'retry-after': '1' }).end();
    case 'error-500':
      return void response.writeHead(500).end();
    case 'refused':
      return void response.writeHead(400).end('{"code":"refused"}');
    case 'reset':
    case 'accept-then-reset':
      return void response.socket?.resetAndDestroy();
    default:
      return undefined; // hangs: the caller gives up
  }
}
