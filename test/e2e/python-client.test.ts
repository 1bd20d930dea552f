import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { webhooks } from '#libs/sdk';
import { boot, type Booted, makeWorkspace, type TestWorkspace } from '../support/boot.js';
import { programs } from '../support/programs.js';

const run = promisify(execFile);
let booted: Booted;
let home: TestWorkspace;

beforeAll(async () => {
  if (!programs.python3) return console.warn('There is no python3 here: the Python client is not tested.');
  booted = await boot();
  home = await makeWorkspace(booted);
});
afterAll(() => booted?.close());

/** Runs a program that has the client; it prints one line of JSON. */
async function python(program: string, more: Record<string, string> = {}): Promise<unknown> {
  const env = {
    PATH: process.env['PATH'],
    PYTHONPATH: path.resolve('clients/python'),
    PYTHONDONTWRITEBYTECODE: '1',
    URL: booted.url,
    KEY: home.key,
    BOT: home.botId,
    ...more,
  };
  const head = 'import json, os, parley as p\nparley = p.Parley(os.environ["URL"], os.environ["KEY"])\n';
  const { stdout } = await run(programs.python3!, ['-c', head + program], { env, timeout: 60_000 });
  return JSON.parse(stdout);
}

describe.runIf(programs.python3)('the Python client', () => {
  it('has a conversation, and goes through lists', async () => {
    const said = await python(`
session = parley.sessions.create({"contact": {"external_id": "py"}})
answer = parley.messages.create({"session_id": session["id"], "text": "When are you open?"})
messages = parley.conversations.messages(session["conversation_id"], order="asc", limit=1)
print(json.dumps({"status": answer["status"], "authors": [m["author"] for m in messages]}))`);
    expect(said).toEqual({ status: 'completed', authors: ['bot', 'contact', 'bot'] });
  });

  it('hears a turn, and follows a conversation from where it is told', async () => {
    const heard = await python(`
session = parley.sessions.create()
turn = [event["type"] for event in parley.stream({"session_id": session["id"], "text": "open"})]
seen = []
head = parley.conversations.get(session["conversation_id"])["last_seq"]
for event in parley.follow(session["conversation_id"], after=0):
    seen.append(event["seq"])
    if event["seq"] == head: break
print(json.dumps({"last": turn[-1], "seen": seen == list(range(1, head + 1))}))`);
    expect(heard).toEqual({ last: 'turn.completed', seen: true });
  });

  it('raises errors with codes and fields', async () => {
    const raised = await python(`
def code(call):
    try: call()
    except p.ApiError as error: return [error.status, error.code, error.fields[:1] and error.fields[0]["pointer"]]
print(json.dumps([
  code(lambda: parley.bots.get("../x")),
  code(lambda: parley.sessions.create({"ttl_seconds": 1})),
  code(lambda: p.Parley(os.environ["URL"], "x").me.get()),
]))`);
    expect(raised).toEqual([
      [404, 'state/not-found', []],
      [422, 'input/invalid', '/ttl_seconds'],
      [401, 'access/invalid-api-key', []],
    ]);
  });

  it('writes once under one key, and hands in files', async () => {
    const made = await python(`
ids = {parley.contacts.create({"name": "P"}, idempotency_key="py")["id"] for _ in range(3)}
stored = parley.media.take(b"hello", content_type="text/plain", file_name="a.txt")
print(json.dumps([len(ids), stored["url"][:6]]))`);
    expect(made).toEqual([1, 'media:']);
  });

  it('proves webhooks, as the TypeScript client does', async () => {
    const secret = `whsec_${Buffer.alloc(24, 9).toString('base64')}`;
    const body = '{"type":"message.created","data":{}}';
    const headers = JSON.stringify(await webhooks.sign(body, secret));
    const proven = await python(
      `
body, headers, secret = os.environ["BODY"], json.loads(os.environ["HEADERS"]), os.environ["SECRET"]
def refused(*given):
    try: p.verify_webhook(*given)
    except p.SignatureError: return True
print(json.dumps([p.verify_webhook(body, headers, ["whsec_b2xk", secret])["type"], refused(body + " ", headers, secret), refused(body, {}, secret),
  refused(body, headers, secret, 1), p.sign_webhook(body, secret, now=1)]))`,
      { BODY: body, HEADERS: headers, SECRET: secret },
    );
    const own = (proven as unknown[]).pop() as Record<string, string>;
    expect(proven).toEqual(['message.created', true, true, true]);
    await expect(webhooks.verify(body, own, secret, 1_000)).resolves.toMatchObject({
      type: 'message.created',
    });
  });
});
