import type { INestApplicationContext } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mailSettings, Kept, MailChannels, writeTo } from '../support/mail-channel.js';
import { MailServers } from '../support/mail-servers.js';
import { startPipeline, type Pipeline } from '../support/pipeline.js';
import { until } from '../support/until.js';

/** The whole of it at real servers: two workers, a mailbox at Dovecot, answers through Exim. */
describe.runIf(MailServers.canRun)('a mailbox with two workers', () => {
  let servers: MailServers;
  let channels: MailChannels;
  let pipeline: Pipeline;
  const workers: INestApplicationContext[] = [];

  beforeAll(async () => {
    servers = await MailServers.start();
    channels = await MailChannels.at(servers);
    pipeline = await startPipeline({ queue: 'postgres', workers: 0 });
    workers.push(await pipeline.addWorker(), await pipeline.addWorker());
    await pipeline.addChannel({ connector: 'email', settings: mailSettings(servers, 'support') });
  }, 60_000);
  afterAll(async () => {
    await pipeline?.close();
    await channels?.end();
    await servers?.stop();
  });

  const texts = async (): Promise<string[]> => {
    const sql =
      "select content -> 0 ->> 'text' as text from message where direction = 'in' order by recorded_at";
    return (await pipeline.owner.query<{ text: string }>(sql)).rows.map(({ text }) => text);
  };

  it('is held by one of them, which answers', async () => {
    const sales = new Kept();
    await channels.hold(sales, 'sales');
    await writeTo(servers, 'support@acme.test', 'Anybody there?', { from: 'Sal <sales@acme.test>' });
    await until('the answer is in the mailbox of who asked', () => sales.texts.includes('answer'), 30_000);
    expect(await texts()).toEqual(['Anybody there?']);
    await until('there is one session', () => servers.sessionsOf('support') === 1);
    await channels.closeAll();
  });

  it('goes to the other when its holder ends, and back again', async () => {
    await workers[0]!.close();
    await writeTo(servers, 'support@acme.test', 'to the second');
    await until('it is read', async () => (await texts()).includes('to the second'), 30_000);
    workers.push(await pipeline.addWorker());
    await workers[1]!.close();
    await writeTo(servers, 'support@acme.test', 'to the third');
    await until('it is read', async () => (await texts()).includes('to the third'), 30_000);
    expect(await texts()).toEqual(['Anybody there?', 'to the second', 'to the third']);
    await until('one session is left', () => servers.sessionsOf('support') === 1);
  });

  it('tells of an answer that bounced, and why', async () => {
    await writeTo(servers, 'support@acme.test', 'Write to me', { from: 'Gone <gone@acme.test>' });
    const sql =
      "select error::text as error from delivery where status = 'failed' and error::text like '%gone@%'";
    const failed = await until(
      'the delivery failed',
      async () => (await pipeline.owner.query<{ error: string }>(sql)).rows[0],
      20_000,
    );
    expect(failed.error).toContain('no such user (gone@acme.test)');
  });
});
