import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { blockProblems } from './slack-blocks.js';

type Json = Record<string, unknown>;

/** A call of a method of the Web API. */
export interface SlackCall {
  method: string;
  token: string | null;
  args: Record<string, string>;
}
export interface FakeMessage extends Json {
  ts: string;
  thread_ts?: string;
}

/** What happens to the next call of a method instead of what should. */
export type Mishap =
  | { status: number; body?: Json; headers?: Record<string, string> }
  /** It is done, and nobody hears of it. */
  | 'done-and-cut';

export const BOT_TOKEN = 'xoxb-fake-1';
export const APP_TOKEN = 'xapp-fake-1';
export const BOT = { user_id: 'U0BOT', bot_id: 'B0BOT', team_id: 'T0TEAM', team: 'Team', user: 'parley' };

/** A Slack on a free port of this machine: its documented contract, as far as the connector uses it. */
export class FakeSlack {
  url = '';
  readonly calls: SlackCall[] = [];
  /** Messages by channel, oldest first. */
  readonly channels = new Map<string, FakeMessage[]>();
  readonly files = new Map<string, { bytes: Buffer; info: Json }>();
  /** What came back over sockets, in order: the acknowledgements. */
  readonly acks: Json[] = [];
  readonly sockets: WebSocket[] = [];
  scopes = 'chat:write,im:history';
  /** Messages in a page of a history. */
  pageSize = 200;
  readonly codes = new Map<string, Json>();
  readonly #mishaps = new Map<string, Mishap[]>();
  #clock = Math.floor(Date.now() / 1_000);
  #server = createServer((request, response) => void this.#serve(request, response));
  #hub = new WebSocketServer({ noServer: true });

  static async start(): Promise<FakeSlack> {
    const fake = new FakeSlack();
    fake.#server.on('upgrade', (request, socket, head) => {
      fake.#hub.handleUpgrade(request, socket, head, (peer) => fake.#greet(peer));
    });
    await new Promise<void>((resolve) => fake.#server.listen(0, '127.0.0.1', resolve));
    fake.url = `http://127.0.0.1:${(fake.#server.address() as AddressInfo).port}`;
    return fake;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.terminate();
    this.#hub.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** The next calls of a method go wrong, one for each mishap. */
  mishap(method: string, ...mishaps: Mishap[]): void {
    this.#mishaps.set(method, mishaps);
  }

  /** A person writes. */
  says(channel: string, message: Json): FakeMessage {
    const kept = { type: 'message', ts: this.#nextTs(), ...message } as FakeMessage;
    this.#keep(channel, kept);
    return kept;
  }

  /** Sends something over the newest socket. */
  push(envelope: Json): void {
    this.sockets.at(-1)?.send(JSON.stringify(envelope));
  }

  callsOf(method: string): SlackCall[] {
    return this.calls.filter((call) => call.method === method);
  }

  #greet(peer: WebSocket): void {
    this.sockets.push(peer);
    peer.on('message', (data) => this.acks.push(JSON.parse((data as Buffer).toString()) as Json));
    peer.send(JSON.stringify({ type: 'hello', num_connections: 1, connection_info: { app_id: 'A0APP' } }));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    const { pathname } = new URL(request.url ?? '/', this.url);
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? null;
    if (pathname.startsWith('/upload/')) return this.#upload(pathname, body, response);
    if (pathname.startsWith('/files/')) return this.#download(pathname, token, response);
    const method = pathname.replace('/api/', '');
    const args = Object.fromEntries(new URLSearchParams(body.toString('utf8')));
    this.calls.push({ method, token, args });
    const mishap = this.#mishaps.get(method)?.shift();
    if (mishap === 'done-and-cut') {
      this.#answer(method, token, args);
      response.socket?.resetAndDestroy();
      return;
    }
    const headers = { 'content-type': 'application/json', 'x-oauth-scopes': this.scopes, ...mishap?.headers };
    response.writeHead(mishap?.status ?? 200, headers);
    response.end(JSON.stringify(mishap ? (mishap.body ?? {}) : this.#answer(method, token, args)));
  }

  #answer(method: string, token: string | null, args: Record<string, string>): Json {
    if (method === 'oauth.v2.access') return this.codes.get(args['code'] ?? '') ?? no('invalid_code');
    if (token === null) return no('not_authed');
    if (method === 'apps.connections.open')
      return token === APP_TOKEN
        ? { ok: true, url: `${this.url.replace('http', 'ws')}/link` }
        : no('invalid_auth');
    if (token !== BOT_TOKEN) return no('invalid_auth');
    switch (method) {
      case 'auth.test':
        return { ok: true, url: 'https://team.slack.com/', ...BOT };
      case 'chat.postMessage':
        return this.#post(args);
      case 'conversations.history':
        return this.#read(
          args,
          (message) => message.thread_ts === undefined || message.thread_ts === message.ts,
          true,
        );
      case 'conversations.replies':
        return this.#read(args, ({ ts, thread_ts }) => ts === args['ts'] || thread_ts === args['ts'], false);
      case 'users.conversations':
        return {
          ok: true,
          channels: [...this.channels.keys()].map((id) => ({ id })),
          response_metadata: { next_cursor: '' },
        };
      case 'files.getUploadURLExternal':
        return this.#place(args);
      case 'files.completeUploadExternal':
        return this.#share(args);
      case 'files.info': {
        const file = this.files.get(args['file'] ?? '');
        return file ? { ok: true, file: file.info } : no('file_not_found');
      }
      default:
        return no('unknown_method');
    }
  }

  #post(args: Record<string, string>): Json {
    const { channel = '', text = '', thread_ts } = args;
    if (!this.channels.has(channel)) return no('channel_not_found');
    const blocks = JSON.parse(args['blocks'] ?? '[]') as Json[];
    if (text === '' && blocks.length === 0) return no('no_text');
    const problems = blockProblems(blocks);
    if (problems.length > 0) return { ...no('invalid_blocks'), response_metadata: { messages: problems } };
    const metadata = args['metadata'] === undefined ? {} : { metadata: JSON.parse(args['metadata']) as Json };
    const message = {
      type: 'message',
      ts: this.#nextTs(),
      user: BOT.user_id,
      bot_id: BOT.bot_id,
      text,
      blocks,
    };
    this.#keep(channel, { ...message, ...metadata, ...(thread_ts && { thread_ts }) });
    return { ok: true, channel, ts: message.ts, message };
  }

  #read(args: Record<string, string>, isIn: (message: FakeMessage) => boolean, newestFirst: boolean): Json {
    const all = this.channels.get(args['channel'] ?? '');
    if (!all) return no('channel_not_found');
    const { oldest = '0', inclusive, cursor = '0' } = args;
    const isNew = ({ ts }: FakeMessage): boolean =>
      inclusive === 'true' ? Number(ts) >= Number(oldest) : Number(ts) > Number(oldest);
    // A thread's first message comes along whatever the time.
    const found = all.filter((one) => isIn(one) && (isNew(one) || one.ts === args['ts']));
    const ordered = newestFirst ? found.toReversed() : found;
    const from = Number(cursor);
    const to = from + Math.min(this.pageSize, Number(args['limit'] ?? 100));
    const messages = ordered.slice(from, to).map(({ metadata, ...message }) => ({
      ...message,
      ...this.#thread(args['channel'] ?? '', message.ts),
      ...(args['include_all_metadata'] === 'true' && metadata !== undefined && { metadata }),
    }));
    const next_cursor = to < ordered.length ? String(to) : '';
    return { ok: true, messages, has_more: next_cursor !== '', response_metadata: { next_cursor } };
  }

  #thread(channel: string, ts: string): Json {
    const answers = (this.channels.get(channel) ?? []).filter((one) => one.thread_ts === ts && one.ts !== ts);
    return answers.length === 0
      ? {}
      : { thread_ts: ts, reply_count: answers.length, latest_reply: answers.at(-1)?.ts };
  }

  #place({ filename, length, alt_txt }: Record<string, string>): Json {
    if (!filename || !Number(length)) return no('invalid_arguments');
    const id = `F0${this.files.size + 1}`;
    const info = {
      id,
      name: filename,
      alt_txt,
      size: Number(length),
      url_private_download: `${this.url}/files/${id}`,
    };
    this.files.set(id, { bytes: Buffer.alloc(0), info });
    return { ok: true, upload_url: `${this.url}/upload/${id}`, file_id: id };
  }

  #share(args: Record<string, string>): Json {
    const channel = args['channel_id'] ?? '';
    const files = JSON.parse(args['files'] ?? '[]') as { id: string; title: string }[];
    if (!this.channels.has(channel)) return no('invalid_channel');
    if (files.some(({ id }) => !this.files.get(id)?.bytes.length)) return no('file_not_found');
    const blocks = JSON.parse(args['blocks'] ?? '[]') as Json[];
    const { thread_ts } = args;
    const message = {
      type: 'message',
      ts: this.#nextTs(),
      bot_id: BOT.bot_id,
      user: BOT.user_id,
      files,
      blocks,
    };
    this.#keep(channel, { ...message, ...(thread_ts && { thread_ts }) });
    return { ok: true, files };
  }

  #upload(pathname: string, body: Buffer, response: ServerResponse): void {
    const file = this.files.get(pathname.replace('/upload/', ''));
    if (file) file.bytes = body;
    response.writeHead(file ? 200 : 404).end('OK');
  }

  #download(pathname: string, token: string | null, response: ServerResponse): void {
    const file = this.files.get(pathname.replace('/files/', ''));
    // Whoever may not read files is shown a page where people sign in.
    if (token !== BOT_TOKEN) response.writeHead(200, { 'content-type': 'text/html' }).end('<html>');
    else response.writeHead(file ? 200 : 404).end(file?.bytes);
  }

  #keep(channel: string, message: FakeMessage): void {
    this.channels.set(channel, [...(this.channels.get(channel) ?? []), message]);
  }

  #nextTs(): string {
    this.#clock += 1;
    return `${this.#clock}.000100`;
  }
}

const no = (error: string): Json => ({ ok: false, error });

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
