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
  #server = createServer({ noDelay: true, pauseOnConnect: true }, (client) => this.#join(client, []));
  port = 0;

  /** @param {readonly number[]} ports  of the gateways */
  constructor(ports) {
    this.#ports = ports;
  }

  /** @param {import('node:net').Socket} client @param {readonly number[]} tried  ports that do not listen */
  #join(client, tried) {
    const port = this.#pick(tried);
    if (port === undefined) return void client.destroy();
    const gateway = connect({ port, host: '127.0.0.1', noDelay: true });
    const refused = () => this.#join(client, [...tried, port]);
    gateway.once('error', refused);
    gateway.once('connect', () => {
      gateway.off('error', refused);
      couple(client, gateway);
      client.resume();
    });
    client.once('error', () => gateway.destroy());
    return undefined;
  }

  /** The next that is ready; when none is, simply the next. @param {readonly number[]} tried */
  #pick(tried) {
    const left = this.#ports.filter((port) => !tried.includes(port));
    const ready = left.filter((port) => !this.#unready.has(port));
    const from = ready.length > 0 ? ready : left;
    return from[this.#next++ % from.length];
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
