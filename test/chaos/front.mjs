import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/**
 * What stands before the gateways: connections go round them, past those that do not listen. A request that was sent is
 * never sent again for the caller.
 */
export class Front {
  #next = 0;
  #ports;
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
    const port = this.#ports[this.#next++ % this.#ports.length];
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

  async start() {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.port = this.#server.address().port;
  }

  stop() {
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
