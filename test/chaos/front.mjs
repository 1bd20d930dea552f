import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/** How often each gateway is asked whether it takes requests. */
const LOOK_EVERY_MS = 100;

/**
 * What stands before the gateways, as a load balancer does: connections go round them, past those that say that they are
 * not ready and those that do not listen. A request that was sent is never sent again for the caller.
 */
export class Front {
  #next = 0;
  #ports;
  /** Those that said that they are not ready, and have not said otherwise. @type {Set<number>} */
  #unready = new Set();
  /** @type {NodeJS.Timeout | undefined} */
  #looking;
  #server = createServer({ noDelay: true, pauseOnConnect: true }, (client) =>
    this.#join(client, this.#ports.length),
  );
  port = 0;

  /** @param {readonly number[]} ports  of the gateways */
  constructor(ports) {
    this.#ports = ports;
  }

  /** @param {import('node:net').Socket} client @param {number} left  gateways to be tried */
  #join(client, left) {
    if (left === 0) return void client.destroy();
    const port = this.#pick();
    const gateway = connect({ port, host: '127.0.0.1', noDelay: true });
    const refused = () => this.#join(client, left - 1);
    gateway.once('error', refused);
    gateway.once('connect', () => {
      gateway.off('error', refused);
      couple(client, gateway);
      client.resume();
    });
    client.once('error', () => gateway.destroy());
    return undefined;
  }

  /** The next that is ready; when none is, simply the next. */
  #pick() {
    for (let tried = 0; tried < this.#ports.length; tried++) {
      const port = this.#ports[this.#next++ % this.#ports.length];
      if (!this.#unready.has(port)) return port;
    }
    return this.#ports[this.#next++ % this.#ports.length];
  }

  async #look(port) {
    try {
      const { status } = await fetch(`http://127.0.0.1:${port}/readyz`, {
        signal: AbortSignal.timeout(1_000),
      });
      if (status === 200) this.#unready.delete(port);
      else this.#unready.add(port);
    } catch {
      // Who does not listen is passed by anyway, and may be back before the next look.
      this.#unready.delete(port);
    }
  }

  async start() {
    this.#looking = setInterval(() => void this.#ports.map((port) => this.#look(port)), LOOK_EVERY_MS);
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.port = this.#server.address().port;
  }

  stop() {
    clearInterval(this.#looking);
    this.#server.close();
  }
}

function couple(client, gateway) {
  client.pipe(gateway);
  gateway.pipe(client);
  for (const [side, other] of [
    [client, gateway],
    [gateway, client],
  ]) {
    side.on('error', () => other.destroy());
    side.on('close', () => other.destroy());
  }
}
