import createClient, { type Client } from 'openapi-fetch';
import type { paths } from './api.gen.js';
import { Conversations } from './conversations.js';
import { Events } from './events.js';
import { Messages } from './messages.js';
import type { ParleyOptions } from './options.js';
import { Calls } from './resources.gen.js';
import { Transport } from './transport.js';
import { webhooks } from './webhooks.js';
import { Widget } from './widget.js';

/**
 * A client of a Parley, for Node, browsers and wherever else there is `fetch`.
 *
 * Writes carry an idempotency key of their own, and whatever may be repeated is repeated as the server asks. Lists are
 * gone through with `for await`, and streams resume by themselves. Refusals are thrown as {@link ApiError} and its
 * classes.
 *
 * In a browser give it the client token of a session, never an API key.
 */
export class Parley extends Calls {
  /** Proves that webhooks are genuine; needs no client: see also {@link webhooks}. */
  readonly webhooks = webhooks;
  /** Every route, typed by the description of the API: `parley.http.GET('/v1/me')`. Its answers are never thrown. */
  readonly http: Client<paths>;

  override readonly conversations: Conversations;
  override readonly events: Events;
  override readonly messages: Messages;
  override readonly widget: Widget;

  constructor(readonly options: ParleyOptions) {
    const transport = new Transport(options);
    super(transport);
    this.conversations = new Conversations(transport);
    this.events = new Events(transport);
    this.messages = new Messages(transport);
    this.widget = new Widget(transport);
    const { apiKey, fetch: own, headers } = options;
    this.http = createClient<paths>({
      baseUrl: transport.baseUrl,
      headers: { ...headers, ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }) },
      ...(own && { fetch: (request: Request) => fetchOf(own, request) }),
    });
  }

  /** The same client with other options: another key, another workspace. */
  with(options: Partial<ParleyOptions>): Parley {
    return new Parley({ ...this.options, ...options });
  }
}

async function fetchOf(own: NonNullable<ParleyOptions['fetch']>, request: Request): Promise<Response> {
  const body = request.body === null ? undefined : await request.arrayBuffer();
  const init = { method: request.method, headers: request.headers, signal: request.signal };
  return own(request.url, body === undefined ? init : { ...init, body });
}
