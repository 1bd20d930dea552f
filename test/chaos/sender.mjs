import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { signed } from './signing.mjs';

/**
 * What became of one scripted event at our door: the first of the three records.
 *
 * @typedef {import('./script.mjs').ScriptedEvent & {
 *   firstSentAt: number,   milliseconds of the harness's clock
 *   ackedAt: number | null,
 *   posts: { sentAt: number, endedAt: number, status: number }[],   status 0: no answer
 * }} SentEvent
 */

/** How long the provider waits for an answer: longer than we may take, so that a late one is seen. */
const PATIENCE_MS = 15_000;
const wrongSecret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

/** Sends a script as a provider does: every event until 2xx, one conversation in order. */
export class Sender {
  #pool;
  #channels;
  #random;
  /** @type {SentEvent[]} */
  sent = [];
  /** Requests that somebody else made, with a secret of their own. @type {{ key: string, channel: string, status: number }[]} */
  forged = [];
  /** @type {{ key: string, channel: string }[]} */
  receipts = [];
  #late = [];
  #isEnding = false;

  /**
   * @param {string} url  of the front
   * @param {ReadonlyMap<string, import('./tenants.mjs').ChaosChannel>} channels  by name
   * @param {import('./prng.mjs').Random} random
   */
  constructor(url, channels, random) {
    this.#pool = new Pool(url, { connections: 1_024, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 });
    this.#channels = channels;
    this.#random = random;
  }

  get acked() {
    return this.sent.reduce((sum, { ackedAt }) => sum + (ackedAt === null ? 0 : 1), 0);
  }

  /** Waits for what is said afterwards too, receipts for example. */
  async finish() {
    await this.#untilNothingIsLate();
    await this.#pool.close();
  }

  /** Begins no further conversation; those that have begun go on to their end. */
  beginNothing() {
    this.#isEnding = true;
  }

  /** @param {readonly import('./script.mjs').ScriptedConversation[]} script @returns when everything is acknowledged */
  async play(script) {
    const began = Date.now();
    const under = [];
    for (const conversation of script) {
      if (this.#isEnding) break;
      const wait = began + conversation.startsAt - Date.now();
      if (wait > 0) await sleep(wait);
      under.push(this.#converse(conversation));
    }
    await Promise.all(under);
    await this.#untilNothingIsLate();
  }

  async #converse({ events }) {
    let open = [];
    for (const event of events) {
      if (!event.isTogether) await Promise.all(open.splice(0));
      open.push(this.#send(event));
    }
    await Promise.all(open);
  }

  /** Every copy is tried until it is acknowledged, as if each came from another server of the provider's. */
  async #send(event) {
    /** @type {SentEvent} */
    const sent = { ...event, firstSentAt: Date.now(), ackedAt: null, posts: [] };
    this.sent.push(sent);
    if (event.isForged) await this.#forge(event);
    await Promise.all(Array.from({ length: event.copies }, () => this.#untilAcked(sent)));
    if (event.lateMs !== null) this.#late.push(sleep(event.lateMs).then(() => this.#untilAcked(sent)));
  }

  async #untilNothingIsLate() {
    for (let done = 0; done < this.#late.length;) {
      const now = this.#late.length;
      await Promise.all(this.#late.slice(done, now));
      done = now;
    }
  }

  /** Tells us once, now and then twice, that a reply was delivered; sometimes before its call has been answered. */
  sendReceipt({ channel, thread, id }) {
    const key = `receipt-${id}`;
    const body = JSON.stringify({ type: 'receipt', id: key, thread, provider_ref: id, status: 'delivered' });
    const receipt = { channel, key, body, posts: [] };
    this.receipts.push({ channel, key });
    const copies = this.#random.chance(0.1) ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) this.#late.push(this.#untilAcked(receipt));
  }

  async #forge(event) {
    const key = `${event.key}-forged`;
    const body = event.body.replaceAll(event.key, key);
    const { status } = await this.#request({ ...event, key, body }, wrongSecret);
    this.forged.push({ key, channel: event.channel, status });
  }

  async #untilAcked(sent) {
    for (let tries = 0; ; tries++) {
      const status = await this.#post(sent);
      if (status >= 200 && status < 300) return;
      await sleep(this.#random.between(50, 150) * Math.min(tries + 1, 5));
    }
  }

  async #post(sent) {
    const post = await this.#request(sent, this.#channels.get(sent.channel).inboundSecret);
    sent.posts.push(post);
    if (post.status >= 200 && post.status < 300) sent.ackedAt ??= post.endedAt;
    return post.status;
  }

  async #request({ channel, key, body }, secret) {
    const sentAt = Date.now();
    let status = 0;
    try {
      const answer = await this.#pool.request({
        path: `/hooks/webhook/${this.#channels.get(channel).id}`,
        method: 'POST',
        headers: signed(secret, key, body),
        body,
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      await answer.body.dump();
      status = answer.statusCode;
    } catch {
      // No answer: the provider knows nothing, and sends again.
    }
    return { sentAt, endedAt: Date.now(), status };
  }
}
