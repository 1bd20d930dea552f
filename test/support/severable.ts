import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A way to a server that can be cut: connections end, and none is taken until it is mended. */
export class Severable {
  readonly #open = new Set<Socket>();
  #isCut = false;
  readonly #server = createServer((client) => this.#join(client));
  readonly #target: URL;

  /** @param target  where it leads, as a URL with host and port */
  constructor(target: string) {
    this.#target = new URL(target);
  }

  /** @returns the URL of this side */
  async start(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const url = new URL(this.#target);
    url.hostname = '127.0.0.1';
    url.port = String((this.#server.address() as AddressInfo).port);
    return url.href;
  }

  cut(): void {
    this.#isCut = true;
    for (const socket of this.#open) socket.destroy();
  }

  mend(): void {
    this.#isCut = false;
  }

  stop(): void {
    this.cut();
    this.#server.close();
  }

  #join(client: Socket): void {
    if (this.#isCut) return void client.destroy();
    const server = connect(Number(this.#target.port), this.#target.hostname);
    this.#open.add(client);
    client.pipe(server).pipe(client);
    for (const side of [client, server]) {
      side.on('error', () => undefined);
      side.on('close', () => {
        client.destroy();
        server.destroy();
        this.#open.delete(client);
      });
    }
    return undefined;
  }
}
