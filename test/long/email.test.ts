import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import path from 'node:path';
import { ImapFlow } from 'imapflow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mailProgram, mailSettings } from '../support/mail-channel.js';
import { MAILBOXES, MailServers } from '../support/mail-servers.js';
import { startPipeline, type Pipeline } from '../support/pipeline.js';
import { until } from '../support/until.js';

/** `TEST_MAILS=1000 npx vitest run --project long test/long/email.test.ts` is the long run. */
const MAILS = Number(process.env['TEST_MAILS'] ?? 120);
const worker = path.resolve(import.meta.dirname, '../../dist/apps/worker/src/main.js');

/** Mails in by Exim, Dovecot and IMAP, answers out by SMTP and Exim, while everything goes away in turn. */
describe.runIf(MailServers.canRun)(`${MAILS} mails and their answers`, () => {
  let servers: MailServers;
  let pipeline: Pipeline;
  const secretKey = randomBytes(32).toString('base64');
  const settings = { PARLEY_SECRET_KEY: secretKey, PARLEY_LEASE: '1s', PARLEY_SWEEP_EVERY: '200ms' };
  const workers: ChildProcess[] = [];

  beforeAll(async () => {
    servers = await MailServers.start();
    pipeline = await startPipeline({ queue: 'postgres', workers: 0, env: settings });
    await pipeline.addChannel({
      connector: 'email',
      settings: { ...mailSettings(servers, 'support'), rate_per_second: 200 },
    });
    startWorker();
  }, 60_000);
  afterAll(async () => {
    await endWorker('SIGKILL');
    await pipeline?.close();
    await servers?.stop();
  });

  function startWorker(): void {
    const env = {
      PATH: process.env['PATH'],
      ...settings,
      DATABASE_URL: pipeline.databaseUrl,
      PARLEY_EGRESS_ALLOW: '127.0.0.0/8',
      PARLEY_LOG_LEVEL: 'fatal',
    };
    workers.push(spawn(process.execPath, [worker], { env, stdio: ['ignore', 'ignore', 'inherit'] }));
  }
  async function endWorker(signal: NodeJS.Signals): Promise<void> {
    const child = workers.pop();
    if (!child) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  }

  const count = async (sql: string): Promise<number> =>
    (await pipeline.owner.query<{ n: number }>(`select count(*)::int as n from ${sql}`)).rows[0]!.n;
  const heard = () => count("message where direction = 'in'");
  const open = () => count("delivery where status in ('queued', 'sending')");
  const settled = () => count("delivery where status in ('sent', 'unknown')");

  it(
    'are neither lost nor doubled while workers, Dovecot and Exim go away in turn',
    async () => {
      const began = Date.now();
      const restarts = { 'worker killed': 0, 'worker ended': 0, 'Dovecot restarted': 0, 'Exim restarted': 0 };
      const disturb: (() => Promise<void>)[] = [
        async () => {
          await endWorker('SIGKILL');
          startWorker();
          restarts['worker killed']++;
        },
        async () => {
          await servers.stopDovecot();
          await servers.startDovecot();
          restarts['Dovecot restarted']++;
        },
        async () => {
          await endWorker('SIGTERM');
          startWorker();
          restarts['worker ended']++;
        },
        async () => {
          await servers.stopExim();
          await servers.startExim();
          restarts['Exim restarted']++;
        },
      ];
      const rounds = disturb.length * 2;
      const program = mailProgram(servers);
      const write = async (n: number): Promise<void> => {
        const mail = {
          from: `sales+${n}@acme.test`,
          to: 'support@acme.test',
          messageId: `<q-${n}@acme.test>`,
          subject: `Question ${n}`,
          text: `mail number ${n}`,
        };
        // As any mail program does: what the server did not take is offered again.
        await until(
          `mail ${n} is taken`,
          () =>
            program.sendMail(mail).then(
              () => true,
              () => false,
            ),
          30_000,
        );
      };
      const writing = (async () => {
        for (let n = 0; n < MAILS; n++) await write(n);
      })();
      for (let round = 0; round < rounds; round++) {
        const share = Math.floor((MAILS * (round + 0.5)) / rounds);
        await until(`${share} are heard`, async () => (await heard()) >= share, 120_000);
        await disturb[round % disturb.length]!();
      }
      await writing;
      program.close();
      await until('all are heard', async () => (await heard()) >= MAILS, 60_000 + MAILS * 200);
      await until(
        'all are answered',
        async () => (await settled()) >= MAILS && (await open()) === 0,
        120_000,
      );
      await until('Exim has delivered everything', () => servers.queued() === 0, 60_000);

      const texts = await pipeline.owner.query<{ text: string; said: number }>(
        "select content -> 0 ->> 'text' as text, count(*)::int as said from message where direction = 'in' group by 1",
      );
      expect(texts.rows).toHaveLength(MAILS);
      expect(texts.rows.filter(({ said }) => said !== 1)).toEqual([]);
      const { rows: deliveries } = await pipeline.owner.query<{
        ref: string | null;
        status: string;
        why: string | null;
      }>("select provider_ref as ref, status, error ->> 'text' as why from delivery");
      expect(deliveries).toHaveLength(MAILS);
      const refs = new Set(deliveries.map(({ ref }) => ref));
      const given = [...servers.log().matchAll(/ <= .* id=(\S+)/g)].map(([, id]) => id!);
      const ours = given.filter((id) => refs.has(id));
      expect(new Set(ours).size).toBe(ours.length);
      // A Dovecot that ends while Exim hands a mail over may get it again: that is between the two.
      const byId = new Map((await answersIn('sales')).map((answer) => [answer.messageId, answer]));
      const answers = [...byId.values()];
      const ids = [...byId.keys()];
      const answered = answers.map(({ inReplyTo }) => inReplyTo);
      expect(new Set(answered).size).toBe(answered.length);
      const sent = deliveries.filter(({ status }) => status === 'sent').map(({ ref }) => `<${ref}>`);
      expect(sent.filter((id) => !ids.includes(id))).toEqual([]);
      // A worker that is killed in the middle of a send leaves an honest "unknown", and no second mail.
      const unknown = deliveries.length - sent.length;
      const whys = new Set(deliveries.filter(({ status }) => status === 'unknown').map(({ why }) => why));
      expect([...whys].filter((why) => why !== 'A worker ended while it was sending.')).toEqual([]);
      expect(ids.length - sent.length).toBeLessThanOrEqual(unknown);
      if (process.env['TEST_MAILS'])
        console.log({
          mails: MAILS,
          seconds: Math.round((Date.now() - began) / 1_000),
          heardOnce: texts.rows.length,
          answersThatArrived: ids.length,
          deliveriesSent: sent.length,
          deliveriesUnknown: unknown,
          ...restarts,
        });
    },
    180_000 + MAILS * 1_000,
  );

  async function answersIn(
    mailbox: keyof typeof MAILBOXES,
  ): Promise<{ messageId: string; inReplyTo: string }[]> {
    const client = new ImapFlow({
      host: '127.0.0.1',
      port: servers.imapPort,
      secure: false,
      tls: { ca: servers.certificate },
      servername: 'localhost',
      auth: { user: `${mailbox}@acme.test`, pass: MAILBOXES[mailbox] },
      logger: false,
    });
    await client.connect();
    await client.mailboxOpen('INBOX');
    const found: { messageId: string; inReplyTo: string }[] = [];
    for await (const { envelope } of client.fetch('1:*', { envelope: true }))
      found.push({ messageId: envelope?.messageId ?? '', inReplyTo: envelope?.inReplyTo ?? '' });
    await client.logout();
    return found;
  }
});
