import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';

const PAGE = 200;
const PUBLIC_URL = 'https://chaos.example';

/**
 * Twilio as far as messages go: it tells us of each at most twice within its 15 s, and then only when it is asked.
 *
 * @see https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides (read 2026-11-21)
 */
export class FakeTwilio {
  #account = `AC${randomBytes(16).toString('hex')}`;
  #token = randomBytes(16).toString('hex');
  #server = createServer((request, response) => void this.#serve(request, response));
  /** What people wrote. @type {{ sid: string, from: string, body: string, at: number, posts: number[] }[]} */
  messages = [];
  /** What we sent. @type {{ to: string, body: string, at: number }[]} */
  calls = [];
  url = '';

  async start() {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.url = `http://127.0.0.1:${this.#server.address().port}`;
  }

  /** Settings of a channel that speaks with this one. */
  get settings() {
    return {
      account_sid: this.#account,
      auth_token: this.#token,
      from: '+14152000000',
      base_url: this.url,
      messaging_url: this.url,
      public_url: PUBLIC_URL,
      rate_per_second: 1_000,
    };
  }

  stop() {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /**
   * Somebody writes.
   *
   * @param {string} from  E.164
   * @param {string} text
   * @param {string} hook  address of the channel, from `/hooks` on
   * @param {(path: string, headers: Record<string, string>, body: string) => Promise<number>} post  answers a status
   * @param {number} againAfterMs  when it tries the second and last time
   */
  async write(from, text, hook, post, againAfterMs) {
    const message = {
      sid: `SM${randomBytes(16).toString('hex')}`,
      from,
      body: text,
      at: Date.now(),
      posts: [],
    };
    this.messages.push(message);
    const fields = {
      MessageSid: message.sid,
      AccountSid: this.#account,
      From: from,
      To: this.settings.from,
      Body: text,
      NumMedia: '0',
    };
    for (let tries = 0; tries < 2; tries++) {
      if (tries > 0) await new Promise((resolve) => setTimeout(resolve, againAfterMs));
      const status = await post(hook, this.#headers(hook, fields), new URLSearchParams(fields).toString());
      message.posts.push(status);
      if (status === 200) return;
    }
  }

  #headers(path, fields) {
    const words = Object.keys(fields)
      .sort()
      .map((name) => name + fields[name]);
    const signature = createHmac('sha1', this.#token)
      .update(PUBLIC_URL + path + words.join(''))
      .digest('base64');
    return { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': signature };
  }

  async #serve(request, response) {
    const { pathname, searchParams } = new URL(request.url, this.url);
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const answer = (body) =>
      void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (!pathname.endsWith('/Messages.json')) return answer({ status: 'active', incoming_phone_numbers: [] });
    if (request.method === 'POST') {
      const fields = new URLSearchParams(Buffer.concat(chunks).toString());
      this.calls.push({ to: fields.get('To'), body: fields.get('Body'), at: Date.now() });
      return answer({ sid: `SM${randomBytes(16).toString('hex')}` });
    }
    const page = Number(searchParams.get('Page') ?? 0);
    const newestFirst = this.messages.toReversed();
    const isMore = newestFirst.length > (page + 1) * PAGE;
    return answer({
      messages: newestFirst.slice(page * PAGE, (page + 1) * PAGE).map((message) => this.#shown(message)),
      next_page_uri: isMore ? `${pathname}?Page=${page + 1}` : null,
    });
  }

  #shown({ sid, from, body, at }) {
    const date = new Date(at).toUTCString();
    return { sid, from, to: this.settings.from, body, direction: 'inbound', date_sent: date, num_media: '0' };
  }
}
