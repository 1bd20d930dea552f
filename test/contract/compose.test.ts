import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { programs } from '../support/programs.js';
import { parseGatewayConfig, parseLauncherConfig, parseWorkerConfig, settingNames } from '#libs/config';

interface Service {
  readonly image: string;
  readonly build?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly ports?: readonly string[];
  readonly restart: string;
  readonly init?: boolean;
  readonly stop_grace_period?: string;
  readonly container_name?: string;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
}
interface ComposeFile {
  readonly services: Readonly<Record<string, Service>>;
}

const root = path.resolve(import.meta.dirname, '../..');
const text = readFileSync(path.join(root, 'docker-compose.yml'), 'utf8');
const { services } = parse(text, { merge: true }) as ComposeFile;
const secrets = { POSTGRES_PASSWORD: 'secret', PARLEY_SECRET_KEY: Buffer.alloc(32, 7).toString('base64') };
const ours = ['migrate', 'gateway', 'worker'] as const;

function service(name: string): Service {
  const found = services[name];
  if (!found) throw new Error(`docker-compose.yml has no service ${name}`);
  return found;
}

/** What the service's process would get, with the variables of `.env` filled in as compose does. */
function environmentOf(name: string): Record<string, string> {
  const fill = (value: string): string =>
    value.replaceAll(/\$\{(\w+)(?::([-?])([^}]*))?\}/g, (_, variable: string, kind: string, rest: string) => {
      const given = (secrets as Record<string, string>)[variable];
      return given ?? (kind === '-' ? rest : '');
    });
  const entries = Object.entries(service(name).environment ?? {});
  return Object.fromEntries(entries.map(([key, value]) => [key, fill(String(value))]));
}

describe('docker-compose.yml', () => {
  it('has exactly the processes of the scaled set-up', () => {
    expect(Object.keys(services).toSorted()).toEqual(['gateway', 'migrate', 'postgres', 'redis', 'worker']);
  });

  it.each(ours)(
    'runs for %s a program that the sources compile to, with node and not through npm',
    (name) => {
      const [program, ...args] = service(name).command ?? [];
      const script = args.find((arg) => arg.endsWith('.js')) ?? '';
      const source = script.replace(/^dist\//, '').replace(/\.js$/, '.ts');
      expect(program).toBe('node');
      expect(source).toMatch(/^apps\/\w+\/src\/main\.ts$/);
      expect(existsSync(path.join(root, source))).toBe(true);
    },
  );

  it.each(ours)('gives %s only settings that the configuration knows', (name) => {
    for (const key of Object.keys(environmentOf(name))) expect(settingNames).toContain(key);
  });

  it('gives each process a configuration that it accepts', () => {
    expect(parseGatewayConfig(environmentOf('gateway')).http).toMatchObject({ host: '0.0.0.0', port: 3000 });
    expect(parseWorkerConfig(environmentOf('worker')).queue.redisUrl).toBe('redis://redis:6379');
    expect(parseLauncherConfig(environmentOf('migrate')).database.url).toContain('@postgres:5432/parley');
  });

  it('asks the person at the keyboard only for known settings and the database password', () => {
    const asked = [...text.matchAll(/\$\{(\w+)/g)].map((match) => match[1]);
    for (const name of asked) expect([...settingNames, 'POSTGRES_PASSWORD']).toContain(name);
  });

  it('keeps every wake-up in Redis: on disk each second, and never evicted', () => {
    const flags = (service('redis').command ?? []).join(' ');
    expect(flags).toContain('--appendonly yes');
    expect(flags).toContain('--appendfsync everysec');
    expect(flags).toContain('--maxmemory-policy noeviction');
  });

  it('starts gateway and worker only on a migrated database and a living Redis', () => {
    expect(service('migrate').depends_on).toEqual({ postgres: { condition: 'service_healthy' } });
    for (const name of ['gateway', 'worker']) {
      expect(service(name).depends_on).toEqual({
        migrate: { condition: 'service_completed_successfully' },
        redis: { condition: 'service_healthy' },
      });
    }
  });

  it('migrates once and lets everything else come back', () => {
    expect(service('migrate').restart).toBe('no');
    for (const name of ['postgres', 'redis', 'gateway', 'worker']) {
      expect(service(name).restart).toBe('unless-stopped');
    }
  });

  it('asks gateway and worker for their readiness, and each server whether it answers', () => {
    const [, , , script = ''] = service('gateway').healthcheck?.test ?? [];
    expect(new URL(/fetch\('([^']+)'/.exec(script)?.[1] ?? '').pathname).toMatch(/^\/(livez|readyz)$/);
    const [, , , look = ''] = service('worker').healthcheck?.test ?? [];
    expect(look).toContain(`:${environmentOf('worker')['PARLEY_WORKER_PORT']}/readyz`);
    expect(service('postgres').healthcheck?.test.join(' ')).toContain('pg_isready');
    expect(service('redis').healthcheck?.test.join(' ')).toContain('redis-cli ping');
  });

  it('can run any number of gateways and workers', () => {
    for (const name of ['gateway', 'worker']) {
      expect(service(name)).toMatchObject({ init: true, stop_grace_period: '30s' });
      expect(service(name).container_name).toBeUndefined();
    }
    expect(service('gateway').ports).toEqual(['${PARLEY_PORT:-3000}:3000']);
    expect(service('worker').ports).toBeUndefined();
  });

  it.runIf(programs['docker-compose'])(
    'is accepted by docker-compose itself, and not without its secrets',
    () => {
      const compose = (env: Record<string, string>) =>
        spawnSync('docker-compose', ['config', '-q'], {
          cwd: root,
          encoding: 'utf8',
          env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
        });
      const accepted = compose(secrets);
      expect(accepted).toMatchObject({ status: 0, stderr: '' });
      expect(compose({}).stderr).toContain('set POSTGRES_PASSWORD');
    },
  );
});

describe('the Dockerfile', () => {
  const dockerfile = readFileSync(path.join(root, 'Dockerfile'), 'utf8');

  it('runs the launcher as an ordinary user, without development dependencies', () => {
    expect(dockerfile).toMatch(/^USER node$/m);
    expect(dockerfile).toContain('npm prune --omit=dev');
    expect(dockerfile).toMatch(/^CMD \["node", .*"dist\/apps\/launcher\/src\/main\.js", "up"\]$/m);
  });

  it('sets only settings that the configuration knows', () => {
    const set = [...(/^ENV (.+)$/m.exec(dockerfile)?.[1] ?? '').matchAll(/(\w+)=/g)].map((match) => match[1]);
    expect(set.length).toBeGreaterThan(0);
    for (const name of set) expect(settingNames).toContain(name);
  });

  it('copies only what exists, and takes neither data nor secrets into the image', () => {
    const kept = readFileSync(path.join(root, '.dockerignore'), 'utf8').split('\n');
    for (const name of ['node_modules', 'dist', '.parley', '.env', '.git']) expect(kept).toContain(name);
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \.\/?$/gm)].flatMap((match) =>
      (match[1] ?? '').split(' '),
    );
    for (const name of copied) expect(existsSync(path.join(root, name))).toBe(true);
  });
});
