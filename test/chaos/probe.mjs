import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { signed } from './signing.mjs';

const LOOK_EVERY_MS = 5;
const AGAIN_AFTER_MS = 25;

/** Says something and waits until it is acknowledged, and until the answer has reached the provider. */
export class Probe {
  #pool;
  #channel;
  #provider;
  #count = 0;

  /** @param {import('./world.mjs').World} world  that has started */
  constructor(world) {
    this.#pool = new Pool(`http://127.0.0.1:${world.front.port}`, { connections: 256, pipelining: 1 });
    this.#channel = world.channels.find(({ name }) => name === 'a/idempotent');
    this.#provider = world.provider;
  }

  /**
   * Says something to so many new people at once, as often as it takes.
   *
   * @returns {Promise<string[]>} their threads, when everything is acknowledged
   */
  say(people) {
    return Promise.all(Array.from({ length: people }, () => this.#sayOnce()));
  }

  async #sayOnce() {
    const thread = `probe-${this.#count++}`;
    const from = { kind: 'external', value: thread };
    const body = JSON.stringify({ type: 'message', id: thread, thread, from, text: 'q1' });
    for (;;) {
      const isTaken = await this.#post(thread, body);
      if (isTaken) return thread;
      await sleep(AGAIN_AFTER_MS);
    }
  }

  async #post(key, body) {
    try {
      const answer = await this.#pool.request({
        path: `/hooks/webhook/${this.#channel.id}`,
        method: 'POST',
        headers: signed(this.#channel.inboundSecret, key, body),
        body,
        signal: AbortSignal.timeout(3_000),
      });
      await answer.body.dump();
      return answer.statusCode === 200;
    } catch {
      return false;
    }
  }

  /** @param {readonly string[]} threads @returns {Promise<number>} when the last of them was answered; infinite when one never was */
  async answered(threads, withinMs) {
    const waiting = new Set(threads);
    let last = 0;
    let looked = 0;
    for (const end = Date.now() + withinMs; Date.now() < end; await sleep(LOOK_EVERY_MS)) {
      const { calls } = this.#provider;
      for (; looked < calls.length; looked++) {
        const { thread, at, isAccepted } = calls[looked];
        if (isAccepted && waiting.delete(thread)) last = Math.max(last, at);
      }
      if (waiting.size === 0) return last;
    }
    return Number.POSITIVE_INFINITY;
  }

  close() {
    return this.#pool.destroy();
  }
}
