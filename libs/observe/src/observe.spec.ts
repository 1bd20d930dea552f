import { afterEach, describe, expect, it } from 'vitest';
import { fault } from '#libs/faults';
import {
  Logger,
  Metrics,
  crashPoint,
  crashPoints,
  currentContext,
  currentRequestId,
  newRequestId,
  redact,
  requestIdFrom,
  setCrashHook,
  withContext,
  withMoreContext,
  type CrashPoint,
  type LogLevel,
} from './index.js';

const SECRET = 'canary-3f9a';

const record = (
  level: LogLevel = 'trace',
): { logger: Logger; lines: () => Record<string, unknown>[]; text: () => string } => {
  const written: string[] = [];
  const logger = Logger.create({
    app: 'test',
    level,
    destination: { write: (line) => void written.push(line) },
  });
  return {
    logger,
    lines: () => written.map((line) => JSON.parse(line) as Record<string, unknown>),
    text: () => written.join(''),
  };
};

describe('the log never shows', () => {
  it.each(
    [
      'authorization|Authorization|cookie|set-cookie|password|secret|secrets|api_key|x-api-key',
      'token|accessToken|client_token|slackBotToken|signing_secret|webhook-signature|body|rawBody',
      'text|content|parts|payload|raw|headers|databaseUrl|phone_number|displayName',
    ].flatMap((line) => line.split('|')),
  )('what stands under %s, at any depth', (name) => {
    const { logger, text } = record();
    logger.info('a line', { [name]: SECRET, deep: [{ in: { [name]: { more: [SECRET] } } }] });
    logger.with({ [name]: SECRET }).info('a child line');
    logger.log({ [name]: SECRET }, 'NestContext');
    logger.error('a line', { [name]: SECRET });
    expect(text()).toContain('[redacted]');
    expect(text()).not.toContain(SECRET);
  });

  it.each([
    `Bearer ${SECRET}12345`,
    `postgresql://parley:${SECRET}@db.example:5432/parley`,
    `whsec_${SECRET}aaaa`,
    `pk_live_${SECRET}aaaa`,
  ])('a secret inside a sentence: %s', (words) => {
    const { logger, text } = record();
    logger.warn(`could not use ${words}`);
    logger.fault(new Error(words));
    logger.fault(fault('internal/bug', { cause: { message: words } }));
    logger.error(words, new Error(words).stack, 'NestContext');
    expect(text()).not.toContain(SECRET);
  });

  it("a fault's detail, cause or provider's words when the fault is daily life", () => {
    const { logger, lines, text } = record();
    logger.fault(
      fault('channel/rejected', {
        detail: SECRET,
        cause: new Error(SECRET),
        provider: { name: 'webhook', code: '131', message: SECRET },
        facts: { deliveryId: 'dlv_1', token: SECRET },
      }),
    );
    expect(text()).not.toContain(SECRET);
    expect(lines()[0]).toMatchObject({
      level: 'info',
      code: 'channel/rejected',
      provider: 'webhook',
      providerCode: '131',
      facts: { deliveryId: 'dlv_1', token: '[redacted]' },
    });
  });

  it('bytes, cycles or endless depth', () => {
    const cycle: Record<string, unknown> = { bytes: Buffer.from(SECRET), when: new Date(0), n: 5n };
    cycle['self'] = cycle;
    expect(redact(cycle)).toEqual({ bytes: '[11 bytes]', when: new Date(0), n: '5', self: '[circular]' });
  });
});

describe('the log shows', () => {
  it('the process, the time, the level and the context of the work', () => {
    const { logger, lines } = record();
    withContext({ requestId: 'req_1', workspaceId: 'ws_1' }, () => logger.info('hello', { n: 1 }));
    expect(lines()[0]).toMatchObject({
      app: 'test',
      level: 'info',
      msg: 'hello',
      n: 1,
      requestId: 'req_1',
      workspaceId: 'ws_1',
    });
    expect(lines()[0]?.['time']).toMatch(/^\d{4}-.*Z$/);
  });

  it('the stack of our own mistakes', () => {
    const { logger, lines } = record();
    logger.fault(new TypeError('x is not a function'), { job: 'a.b' });
    expect(lines()[0]).toMatchObject({
      level: 'error',
      code: 'internal/bug',
      job: 'a.b',
      error: { name: 'TypeError' },
    });
    expect(JSON.stringify(lines()[0])).toContain('observe.spec');
  });

  it("Nest's own lines with their context", () => {
    const { logger, lines } = record();
    logger.log('Mapped {/v1} route', 'RouterExplorer');
    logger.error('boom', 'the stack', 'ExceptionsHandler');
    expect(lines()).toMatchObject([
      { level: 'info', context: 'RouterExplorer' },
      { level: 'error', context: 'ExceptionsHandler', stack: 'the stack' },
    ]);
  });

  it('nothing below its level', () => {
    const { logger, text } = record('warn');
    logger.info('quiet');
    expect(text()).toBe('');
  });
});

describe('the context', () => {
  it('follows awaits and stays apart between pieces of work', async () => {
    const seen = await Promise.all(
      ['a', 'b'].map((requestId) =>
        withContext({ requestId }, async () => {
          await Promise.resolve();
          return withMoreContext({ workspaceId: `ws-${requestId}` }, () => currentContext());
        }),
      ),
    );
    expect(seen).toEqual([
      { requestId: 'a', workspaceId: 'ws-a' },
      { requestId: 'b', workspaceId: 'ws-b' },
    ]);
    expect(currentContext()).toBeUndefined();
    expect(currentRequestId()).toMatch(/^req_/);
  });

  it("takes a caller's id only when it is harmless", () => {
    expect(requestIdFrom('abc-1.2_3')).toBe('abc-1.2_3');
    for (const header of [undefined, '', 'a b', 'x'.repeat(65), 'a\nb', ['a', 'b']]) {
      expect(requestIdFrom(header)).toMatch(/^req_[0-9a-z]{26}$/);
    }
    expect(newRequestId()).not.toBe(newRequestId());
  });
});

describe('the metrics', () => {
  it('are shown in one page, each with the process as a label', async () => {
    const metrics = new Metrics('gateway');
    metrics.inboxEvents.inc({ connector: 'webhook', result: 'accepted' });
    metrics.deliveries.inc({ connector: 'webhook', outcome: 'sent' });
    metrics.httpSeconds.observe({ route: '/v1/messages', method: 'POST', status: '202' }, 0.01);
    const { text } = await metrics.page();
    expect(text).toContain(
      'parley_inbox_events_total{connector="webhook",result="accepted",app="gateway"} 1',
    );
    expect(text).toContain('parley_deliveries_total{connector="webhook",outcome="sent",app="gateway"} 1');
  });

  it('have no label that could hold an id', async () => {
    const names = (await new Metrics('x').registry.getMetricsAsJSON()).map((metric) => metric.name);
    expect(names.every((name) => /^parley_[a-z_]+$/.test(name))).toBe(true);
    const metrics = new Metrics('x');
    const labels = [
      metrics.httpSeconds,
      metrics.inboxEvents,
      metrics.deliveries,
      metrics.jobs,
      metrics.wakeUps,
    ].flatMap((metric) => Object.values((metric as unknown as { labelNames: string[] }).labelNames));
    expect(labels.filter((label) => /(^|_)id$|Id$/.test(label))).toEqual([]);
  });
});

describe('crash points', () => {
  afterEach(() => setCrashHook(undefined));

  it('do nothing in a process without a hook', () => {
    for (const name of crashPoints) expect(crashPoint(name)).toBeUndefined();
  });

  it('call the hook by name', () => {
    const hit: CrashPoint[] = [];
    setCrashHook((name) => hit.push(name));
    crashPoint('inbox.after-commit-before-ack');
    expect(hit).toEqual(['inbox.after-commit-before-ack']);
  });
});
