import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { WebSocketServer, type WebSocket } from 'ws';

/** What the page tells the phone. */
export interface PageSays {
  t: string;
  body?: string;
  to?: string;
  caption?: string;
  type?: string;
  directPath?: string;
  id?: { _serialized: string; id: string };
  chat?: string;
  n?: string;
  phone?: string;
}

/** A message that arrives; `x` adds to it. */
type More = Partial<{
  chat: string;
  type: string;
  caption: string;
  media: object;
  seconds: number;
  name: string;
}>;

/**
 * A stand-in for WhatsApp's servers and the phone of an account: a page under https and a socket under wss, on 127.0.0.1. The real
 * library in the real browser talks to it; `say`, `ack`, `edit` and `revoke` do what people do.
 */
export class StandInPhone extends EventEmitter<{ says: [PageSays] }> {
  readonly files = new Map<string, { type: string; bytes: Buffer }>();
  /** Everything that the page said, in order. */
  readonly heard: PageSays[] = [];
  /** After it is revoked the page is a stranger again. */
  isRevoked = false;
  #socket: WebSocket | undefined;
  #codes = 0;
  #close: () => Promise<void> = () => Promise.resolve();
  address = '';

  /** @param folder  for the certificate that it makes with `openssl` */
  static async start(folder: string): Promise<StandInPhone> {
    const phone = new StandInPhone();
    const [key, cert] = [path.join(folder, 'key.pem'), path.join(folder, 'cert.pem')];
    const subject = ['-subj', '/CN=web.whatsapp.com', '-addext', 'subjectAltName=DNS:web.whatsapp.com'];
    const kind = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    execFileSync('openssl', [...kind, '-keyout', key, '-out', cert, '-days', '2', ...subject], {
      stdio: 'ignore',
    });
    const page = readFileSync(path.join(import.meta.dirname, 'stub.html'));
    const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (request, response) => {
      const url = request.url ?? '/';
      const file = phone.files.get(url);
      if (url.startsWith('/upload')) {
        const chunks: Buffer[] = [];
        request.on('data', (chunk: Buffer) => chunks.push(chunk));
        request.on('end', () => {
          const at = phone.keep(request.headers['content-type'] ?? '', Buffer.concat(chunks));
          response.setHeader('content-type', 'application/json');
          response.end(JSON.stringify({ path: at, url: `https://web.whatsapp.com${at}` }));
        });
      } else if (file) {
        response.setHeader('content-type', file.type).end(file.bytes);
      } else if (url === '/' || url.startsWith('/?')) {
        response.setHeader('content-type', 'text/html').end(page);
      } else {
        response.writeHead(404).end();
      }
    });
    const sockets = new WebSocketServer({ server, path: '/ws/chat' });
    sockets.on('connection', (socket) => phone.#serve(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    phone.address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    phone.#close = () =>
      new Promise((resolve) => {
        for (const one of sockets.clients) one.terminate();
        server.close(() => resolve());
        server.closeAllConnections();
      });
    return phone;
  }

  close(): Promise<void> {
    return this.#close();
  }

  /** A file as the servers hold it. @returns its path */
  keep(type: string, bytes: Buffer): string {
    const at = `/m/${randomBytes(6).toString('hex')}`;
    this.files.set(at, { type, bytes });
    return at;
  }

  tell(what: object): void {
    this.#socket?.send(JSON.stringify(what));
  }

  scan(me = '15550001111@c.us'): void {
    this.isRevoked = false;
    this.tell({ t: 'paired', me });
  }

  /** Someone writes. @returns the id of the message within its chat */
  say(from: string, body: string, more: More = {}): string {
    const id = randomBytes(16).toString('hex').toUpperCase();
    this.tell({ t: 'message', from, id, body, name: 'Ana', ...more });
    return id;
  }

  /** @returns what the page says next that fits */
  async next(fits: (said: PageSays) => boolean, withinMs = 20_000): Promise<PageSays> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('The page said nothing of the kind.')), withinMs);
      const hear = (said: PageSays): void => {
        if (!fits(said)) return;
        clearTimeout(timer);
        this.off('says', hear);
        resolve(said);
      };
      this.on('says', hear);
    });
  }

  #serve(socket: WebSocket): void {
    this.#socket = socket;
    socket.on('message', (raw: Buffer) => {
      const said = JSON.parse(raw.toString()) as PageSays & { me?: string };
      this.heard.push(said);
      if (said.t === 'hello') {
        const isKnown = said.me && !this.isRevoked;
        this.tell(isKnown ? { t: 'connected' } : { t: 'ref', ref: `2@ref${++this.#codes}` });
      }
      if (said.t === 'refresh') this.tell({ t: 'ref', ref: `2@ref${++this.#codes}` });
      if (said.t === 'logout') this.tell({ t: 'loggedout' });
      if (said.t === 'send') this.tell({ t: 'sent', id: said.id?._serialized });
      this.emit('says', said);
    });
  }
}
