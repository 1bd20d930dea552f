import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Fault } from '#libs/faults';
import {
  describeSettings,
  parseGatewayConfig,
  parseLauncherConfig,
  parseWorkerConfig,
  poolSize,
  settingNames,
} from './index.js';

const key = randomBytes(32).toString('base64');
const minimum = { DATABASE_URL: 'postgresql://u:p@localhost/parley', PARLEY_SECRET_KEY: key };

const problemsOf = (read: () => unknown): Fault => {
  try {
    read();
  } catch (thrown) {
    if (thrown instanceof Fault) return thrown;
  }
  return expect.fail('no fault was thrown');
};

describe('the gateway', () => {
  it('needs a database and a key, and has a default for everything else', () => {
    const config = parseGatewayConfig(minimum);
    expect(config.http).toEqual({
      host: '127.0.0.1',
      port: 3000,
      publicUrl: 'http://127.0.0.1:3000',
      trustProxy: ['loopback'],
      drainWaitMs: 0,
      bodyBytesMax: 1_000_000,
      corsOrigins: [],
      securityContact: undefined,
    });
    expect(config.work).toEqual({
      turns: 64,
      sends: 64,
      turnTimeoutMs: 60_000,
      sweepEveryMs: 500,
      checkEveryMs: 30_000,
      gapEveryMs: 60_000,
      leaseMs: 3000,
      statusPort: undefined,
    });
    expect(config.media).toEqual({ bytesMax: 25_000_000 });
    expect(config.egress).toEqual({ allow: [], timeoutMs: 10_000 });
    expect(config.queue.redisUrl).toBeUndefined();
    expect(config.secrets.current.key.export().equals(Buffer.from(key, 'base64'))).toBe(true);
  });

  it('counts an empty variable as not set', () => {
    expect(parseGatewayConfig({ ...minimum, PARLEY_PORT: '', REDIS_URL: '' }).http.port).toBe(3000);
  });

  it('takes none for an empty list that has a default', () => {
    expect(parseGatewayConfig({ ...minimum, PARLEY_TRUST_PROXY: 'none' }).http.trustProxy).toEqual([]);
  });

  it('reads durations, sizes, lists and addresses into numbers and arrays', () => {
    const config = parseGatewayConfig({
      ...minimum,
      PARLEY_BODY_MAX: '2.5MB',
      PARLEY_TURN_TIMEOUT: '5m',
      PARLEY_EGRESS_ALLOW: '10.0.0.0/8, fd00::/8',
      PARLEY_CORS_ORIGINS: 'https://a.example/',
      PARLEY_PUBLIC_URL: 'https://chat.example/x/',
      PARLEY_TRUST_PROXY: 'loopback,192.0.2.7',
    });
    expect(config.http.bodyBytesMax).toBe(2_500_000);
    expect(config.work.turnTimeoutMs).toBe(300_000);
    expect(config.egress.allow).toEqual(['10.0.0.0/8', 'fd00::/8']);
    expect(config.http.corsOrigins).toEqual(['https://a.example']);
    expect(config.http.publicUrl).toBe('https://chat.example/x');
    expect(config.http.trustProxy).toEqual(['loopback', '192.0.2.7']);
  });

  it('tells all problems together, by name, without a value', () => {
    const wrong = {
      PARLEY_SECRET_KEY: 'hunter2',
      PARLEY_PORT: 'port-x',
      PARLEY_BODY_MAX: 'lots-x',
      PARLEY_EGRESS_ALLOW: '10.0.0.0/8,home-x',
      PARLEY_LOG_LEVEL: 'loud-x',
      REDIS_URL: 'http://host-x',
    };
    const thrown = problemsOf(() => parseGatewayConfig(wrong));
    expect(thrown.code).toBe('config/invalid');
    expect(thrown.errors?.map((error) => error.pointer.slice(1)).sort()).toEqual(
      ['DATABASE_URL', ...Object.keys(wrong)].sort(),
    );
    expect(thrown.message).toContain('DATABASE_URL must be set');
    expect(inspect(thrown)).not.toMatch(/hunter2|-x\b/);
  });

  it('can be changed nowhere', () => {
    const config = parseGatewayConfig({ ...minimum, PARLEY_CORS_ORIGINS: 'https://a.example' });
    expect(() => Object.assign(config.http, { port: 1 })).toThrow(TypeError);
    expect(() => (config.http.corsOrigins as string[]).push('x')).toThrow(TypeError);
  });

  it('shows no key when it is printed', () => {
    const config = parseGatewayConfig(minimum);
    expect(inspect(config.secrets, { depth: 9 }) + JSON.stringify(config.secrets)).not.toContain(
      key.slice(0, 12),
    );
  });
});

describe('keys', () => {
  it('carry versions through a rotation', () => {
    const env = { ...minimum, PARLEY_SECRET_KEY: `3:${key}`, PARLEY_SECRET_KEYS_OLD: `1:${key},2:${key}` };
    const { secrets } = parseWorkerConfig(env);
    expect([secrets.current.version, ...secrets.old.map((old) => old.version)]).toEqual([3, 1, 2]);
  });

  it('never share a version', () => {
    const env = { ...minimum, PARLEY_SECRET_KEYS_OLD: `1:${key}` };
    expect(problemsOf(() => parseGatewayConfig(env)).message).toContain(
      'PARLEY_SECRET_KEYS_OLD must not repeat a version',
    );
  });

  it.each(['', 'short', `0:${key}`, `65536:${key}`, `${key}x`, randomBytes(31).toString('base64')])(
    'are refused when they are %j',
    (text) => {
      const env = { ...minimum, PARLEY_SECRET_KEY: text };
      expect(problemsOf(() => parseGatewayConfig(env)).message).toContain('PARLEY_SECRET_KEY must be');
    },
  );
});

describe('a model for all bots', () => {
  const model = {
    PARLEY_MODEL_PROVIDER: 'openai_compatible',
    PARLEY_MODEL_NAME: 'm',
    PARLEY_MODEL_URL: 'http://m/v1',
  };

  it('is there when it is named, and its key is not printed', () => {
    const config = parseWorkerConfig({ ...minimum, ...model, PARLEY_MODEL_KEY: 'sk-installation' });
    expect(config.model).toMatchObject({ provider: 'openai_compatible', name: 'm', baseUrl: 'http://m/v1' });
    expect(config.model?.key?.export().toString()).toBe('sk-installation');
    expect(inspect(config, { depth: 9 }) + JSON.stringify(config)).not.toContain('sk-installation');
    expect(parseWorkerConfig(minimum).model).toBeUndefined();
  });

  it.each(['PARLEY_MODEL_PROVIDER', 'PARLEY_MODEL_NAME', 'PARLEY_MODEL_URL'])(
    'is refused without %s',
    (name) => {
      const { message } = problemsOf(() => parseWorkerConfig({ ...minimum, ...model, [name]: '' }));
      expect(message).toContain('PARLEY_MODEL_PROVIDER');
    },
  );
});

describe('how long things are kept', () => {
  it('is for ever, but for what providers and webhooks told, unless somebody says how many days', () => {
    expect(parseWorkerConfig(minimum).retention).toEqual({
      messages: null,
      traces: null,
      media: null,
      inbox: 30,
      webhooks: 30,
    });
    const set = { PARLEY_KEEP_MESSAGES: '90d', PARLEY_KEEP_INBOX: 'none', PARLEY_KEEP_WEBHOOKS: '1d' };
    expect(parseWorkerConfig({ ...minimum, ...set }).retention).toMatchObject({
      messages: 90,
      inbox: null,
      webhooks: 1,
    });
  });

  it.each([
    ['PARLEY_KEEP_MESSAGES', '7d'],
    ['PARLEY_KEEP_MESSAGES', '90'],
    ['PARLEY_KEEP_MEDIA', '36501d'],
    ['PARLEY_KEEP_WEBHOOKS', '31d'],
    ['PARLEY_KEEP_WEBHOOKS', 'none'],
  ])('is refused when %s is %s', (name, text) => {
    expect(problemsOf(() => parseGatewayConfig({ ...minimum, [name]: text })).message).toContain(
      `${name} must lie between`,
    );
  });
});

describe('embeddings', () => {
  const embeddings = { PARLEY_EMBEDDINGS_URL: 'http://e/v1/', PARLEY_EMBEDDINGS_MODEL: 'e' };

  it('are there when they are named, and their key is not printed', () => {
    const config = parseWorkerConfig({ ...minimum, ...embeddings, PARLEY_EMBEDDINGS_KEY: 'sk-embeddings' });
    expect(config.embeddings).toMatchObject({ url: 'http://e/v1', model: 'e' });
    expect(config.embeddings?.key?.export().toString()).toBe('sk-embeddings');
    expect(inspect(config, { depth: 9 }) + JSON.stringify(config)).not.toContain('sk-embeddings');
    expect(parseWorkerConfig(minimum).embeddings).toBeUndefined();
  });

  it.each(Object.keys(embeddings))('are refused without %s', (name) => {
    const { message } = problemsOf(() => parseWorkerConfig({ ...minimum, ...embeddings, [name]: '' }));
    expect(message).toContain('PARLEY_EMBEDDINGS_URL');
  });
});

describe('the launcher', () => {
  it('starts from nothing', () => {
    const config = parseLauncherConfig({});
    expect(config.database.url).toBeUndefined();
    expect(config.hasSecretKey).toBe(false);
    expect(config.data.dir).toMatch(/\.parley$/);
  });

  it('finds the mistakes of its children before it starts them', () => {
    expect(problemsOf(() => parseLauncherConfig({ PARLEY_LEASE: '10ms' })).message).toContain(
      'PARLEY_LEASE must lie between',
    );
  });

  it.each([
    ['0.0.0.0', 'http://localhost:3000'],
    ['::1', 'http://[::1]:3000'],
  ])('makes an address people can open from %s', (host, url) => {
    expect(parseLauncherConfig({ PARLEY_HOST: host }).http.publicUrl).toBe(url);
  });
});

describe('pool sizes', () => {
  it('are listeners, concurrency and five', () => {
    expect(poolSize({ listeners: 3, concurrency: 10 })).toBe(18);
  });

  it('follow the work unless somebody sets them', () => {
    const small = parseWorkerConfig({ ...minimum, PARLEY_WORKER_TURNS: '1', PARLEY_WORKER_SENDS: '1' });
    const large = parseWorkerConfig(minimum);
    expect(large.database.poolMax).toBeGreaterThan(small.database.poolMax);
    expect(parseWorkerConfig({ ...minimum, PARLEY_DATABASE_POOL: '50' }).database.poolMax).toBe(50);
  });

  it('leave room on a server with 100 connections for a gateway and a worker, the queue included', () => {
    const used = [parseGatewayConfig(minimum), parseWorkerConfig(minimum)].map(
      ({ database, queue }) => database.poolMax + queue.poolMax,
    );
    expect(used[0]! + used[1]!).toBeLessThan(95);
  });

  it('are as many for the queue as docs/config.md says', () => {
    expect([parseGatewayConfig(minimum).queue.poolMax, parseWorkerConfig(minimum).queue.poolMax]).toEqual([
      9, 14,
    ]);
  });
});

describe('the description', () => {
  it('covers every setting once, with a sentence each', () => {
    const docs = describeSettings();
    expect(docs.map((doc) => doc.name).sort()).toEqual([...settingNames].sort());
    for (const doc of docs) expect(doc.description).toMatch(/\.$/);
  });

  it('gives a default, a derivation or nothing, and never a default for a secret', () => {
    const byName = new Map(describeSettings().map((doc) => [doc.name, doc]));
    expect(byName.get('PARLEY_PORT')).toMatchObject({ defaultText: '3000', isRequired: false });
    expect(byName.get('PARLEY_SECRET_KEY')).toMatchObject({ defaultText: undefined, isRequired: true });
    expect(byName.get('PARLEY_DATABASE_POOL')).toMatchObject({
      isRequired: false,
      derived: expect.any(String),
    });
  });
});
