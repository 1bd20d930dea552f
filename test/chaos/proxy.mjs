import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** One connection through the proxy. @typedef {{ client: import('node:net').Socket, server: import('node:net').Socket, isDead: boolean, isDoomed: boolean, isListening: boolean }} Pair */

/** A TCP proxy that can be told to behave like a bad network. */
export class Proxy {
  /** @type {Set<Pair>} */
  #pairs = new Set();
  #server = createServer({ noDelay: true }, (client) => this.#join(client));
  #target;
  #isRefusing = false;
  #heldUntil = 0;
  #delayMs = 0;
  #cutsAtCommit = 0;
  port = 0;

  /** @param {() => number} target  the port behind it, asked for every connection */
  constructor(target) {
    this.#target = target;
  }

  async start() {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.port = this.#server.address().port;
  }

  async stop() {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  /** Resets every connection. */
  cut() {
    for (const pair of this.#pairs) this.#reset(pair);
  }

  /** Resets every connection and accepts no other for so long. @param {number} ms */
  async refuse(ms) {
    this.#isRefusing = true;
    this.cut();
    await sleep(ms);
    this.#isRefusing = false;
  }

  /** What is on the way, and every new connection, stands still for so long, and then goes on. @param {number} ms */
  async hold(ms) {
    this.#heldUntil = Date.now() + ms;
    for (const pair of this.#pairs) this.#pause(pair);
    await sleep(ms);
    for (const pair of this.#pairs) this.#resume(pair);
  }

  /**
   * The connections of this moment are dead and nobody is told; new ones work.
   *
   * @param {{ onlyListening?: boolean }} [which]  only those over which somebody listens for notifications
   */
  halfOpen({ onlyListening = false } = {}) {
    for (const pair of this.#pairs) {
      if (onlyListening && !pair.isListening) continue;
      pair.isDead = true;
      pair.server.destroy();
    }
  }

  /** Everything takes longer for so long. @param {number} delayMs @param {number} ms */
  async slow(delayMs, ms) {
    this.#delayMs = delayMs;
    await sleep(ms);
    this.#delayMs = 0;
  }

  /** The next commits reach the server, and its word that they succeeded never comes back. @param {number} times */
  cutAtCommit(times) {
    this.#cutsAtCommit += times;
  }

  #join(client) {
    if (this.#isRefusing) return client.resetAndDestroy();
    const server = connect({ port: this.#target(), host: '127.0.0.1', noDelay: true });
    /** @type {Pair} */
    const pair = { client, server, isDead: false, isDoomed: false, isListening: false };
    this.#pairs.add(pair);
    client.on('data', (chunk) => this.#pass(pair, chunk, client, server, true));
    server.on('data', (chunk) => this.#pass(pair, chunk, server, client, false));
    for (const [side, other] of [
      [client, server],
      [server, client],
    ]) {
      side.on('error', () => undefined);
      side.on('close', () => {
        if (pair.isDead && side === server) return; // half open: the client must not learn of it
        other.destroy();
        this.#pairs.delete(pair);
      });
    }
    if (this.#heldUntil > Date.now()) this.#pause(pair);
    return undefined;
  }

  /** @param {Pair} pair @param {Buffer} chunk */
  #pass(pair, chunk, from, to, isRequest) {
    if (pair.isDead) return;
    if (isRequest && /listen /i.test(chunk.toString('latin1'))) pair.isListening = true;
    if (isRequest && this.#cutsAtCommit > 0 && isCommit(chunk)) {
      this.#cutsAtCommit--;
      pair.isDoomed = true;
    } else if (!isRequest && pair.isDoomed) {
      this.#reset(pair);
      return;
    }
    if (this.#delayMs > 0) setTimeout(() => write(chunk, from, to), this.#delayMs);
    else write(chunk, from, to);
  }

  #pause({ client, server }) {
    client.pause();
    server.pause();
  }

  #resume({ client, server }) {
    client.resume();
    server.resume();
  }

  #reset(pair) {
    this.#pairs.delete(pair);
    pair.client.resetAndDestroy();
    pair.server.destroy();
  }
}

function write(chunk, from, to) {
  if (to.destroyed || to.write(chunk)) return;
  from.pause();
  to.once('drain', () => from.resume());
}

/** Every hot path is one statement that commits by itself; its name stands in the message that binds it. */
function isCommit(chunk) {
  return ['inbox_accept', 'mailbox_commit', 'delivery_record'].some((name) => chunk.includes(name));
}
