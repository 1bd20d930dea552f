import { Pages } from './pages.js';
import type { Call, Transport } from './transport.js';

/** What the calls of a resource are made of. */
export class Resource {
  constructor(protected readonly transport: Transport) {}

  /** A call that answers JSON. */
  protected async json<T>(call: Call): Promise<T> {
    return (await (await this.transport.send(call)).json()) as T;
  }

  /** A call that answers a list. */
  protected pages<T>(call: Call): Pages<T> {
    return new Pages((query) => this.json({ ...call, query: { ...call.query, ...query } }));
  }

  /** A call whose answer has nothing in it. */
  protected async nothing(call: Call): Promise<void> {
    await (await this.transport.send(call)).arrayBuffer();
  }

  /** A call that answers something else: a file, a table. */
  protected raw(call: Call): Promise<Response> {
    return this.transport.send({ ...call, accept: '*/*' });
  }
}

/** An identifier as it stands in a path. */
export const inPath = (id: string): string => encodeURIComponent(id);
