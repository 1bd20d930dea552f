import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';

/** One webhook as it came in. */
export interface ReceivedHook {
  id: string;
  path: string;
  headers: Record<string, string>;
  text: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look at what bodies hold
  body: any;
  at: number;
}

/** How a receiver answers; null: never. */
export type HookAnswer = { status: number; headers?: Record<string, string>; text?: string } | null;

/** A system that takes webhooks: keeps all of them, and answers as it is told. */
export interface WebhookReceiver {
  url: string;
  hooks: ReceivedHook[];
  /** Decides the answer; 204 until something else is set. */
  answer: (hook: ReceivedHook) => HookAnswer;
  /** Those that came to a path, by type when one is given. */
  on(path: string, type?: string): ReceivedHook[];
  close(): Promise<void>;
}

/** Starts a receiver on a free port of the loopback. */
export async function startReceiver(): Promise<WebhookReceiver> {
  const hooks: ReceivedHook[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      // Looks whether somebody is there carry nothing.
      if (request.method !== 'POST') return void response.writeHead(204).end();
      const text = Buffer.concat(chunks).toString();
      const headers = request.headers as Record<string, string>;
      const id = headers['webhook-id'] ?? '';
      const hook = { id, path: request.url ?? '', headers, text, body: JSON.parse(text), at: Date.now() };
      hooks.push(hook);
      const answer = receiver.answer(hook);
      if (answer) response.writeHead(answer.status, answer.headers).end(answer.text ?? '');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const receiver: WebhookReceiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hooks,
    answer: () => ({ status: 204 }),
    on: (path, type) =>
      hooks.filter((hook) => hook.path === path && (type === undefined || hook.body.type === type)),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return receiver;
}

/** Whether the reference package of Standard Webhooks takes a webhook for genuine. */
export function isGenuine(hook: ReceivedHook, secret: string): boolean {
  try {
    new Webhook(secret).verify(hook.text, hook.headers);
    return true;
  } catch {
    return false;
  }
}
