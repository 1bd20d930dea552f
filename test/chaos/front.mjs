import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/**
 * What stands before the gateways: connections go round them, and nothing is tried again for the caller.
 */
export class Front {
  #next = 0;
  #server;
  port = 0;

  /** @param {readonly number[]} ports  of the gateways */
  constructor(ports) {
    this.#server = createServer({ noDelay: true }, (client) => {
      const gateway = connect({ port: ports[this.#next++ % ports.length], host: '127.0.0.1', noDelay: true });
      client.pipe(gateway);
      gateway.pipe(client);
      for (const [side, other] of [
        [client, gateway],
        [gateway, client],
      ]) {
        side.on('error', () => other.destroy());
        side.on('close', () => other.destroy());
      }
    });
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
