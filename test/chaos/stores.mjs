import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { accepts, EmbeddedPostgres, freePort } from '#libs/store';

/** The PostgreSQL of a run: real, with every commit on disk, killed and started again by the harness. */
export class ChaosPostgres {
  #folder;
  #server;
  #onPid;
  /** @type {Promise<void> | null} */
  #starting = null;
  #disk;
  port = 0;
  url = '';

  /**
   * @param {string} folder
   * @param {(name: string, pid: number | null) => void} onPid
   * @param {import('./disk.mjs').SmallDisk | null} disk  where its files are; default: on the disk of the folder
   */
  constructor(folder, onPid, disk = null) {
    this.#folder = path.join(folder, 'postgres');
    const small = disk && { max_wal_size: '192MB', min_wal_size: '48MB' };
    this.#server = new EmbeddedPostgres({
      folder: this.#folder,
      settings: { max_connections: 300, ...small },
    });
    this.#onPid = onPid;
    this.#disk = disk;
  }

  /** The disk that can be filled; null when there is none. */
  get disk() {
    return this.#disk;
  }

  /** Whether somebody answers at its port. */
  get isUp() {
    return accepts(this.port);
  }

  /** Starts it; calls during a start wait for that one. */
  start() {
    this.#starting ??= this.#start().finally(() => (this.#starting = null));
    return this.#starting;
  }

  async #start() {
    const { url, port } = await this.#server.start({ claim: true });
    this.url = url;
    this.port = port;
    this.#onPid('postgres', this.#pid());
  }

  /** kill -9 of the postmaster; its children notice and end. */
  kill() {
    process.kill(this.#pid(), 'SIGKILL');
  }

  /** @param {'SIGSTOP' | 'SIGCONT'} signal */
  signal(signal) {
    process.kill(this.#pid(), signal);
  }

  async stop() {
    await this.#starting;
    await this.#server.release();
    this.#onPid('postgres', null);
    this.#disk?.remove();
  }

  #pid() {
    return Number(readFileSync(path.join(this.#folder, 'data/postmaster.pid'), 'utf8').split('\n')[0]);
  }
}

/** The Redis of a run: real, with its log of writes on disk, as an operator would run it. */
export class ChaosRedis {
  #folder;
  #onPid;
  /** @type {import('node:child_process').ChildProcess | null} */
  #child = null;
  port = 0;

  /** @param {string} folder @param {(name: string, pid: number | null) => void} onPid */
  constructor(folder, onPid) {
    this.#folder = path.join(folder, 'redis');
    this.#onPid = onPid;
  }

  /** @returns {Promise<boolean>} false when this machine has no redis-server */
  async start() {
    mkdirSync(this.#folder, { recursive: true });
    this.port ||= await freePort();
    const options = ['--bind', '127.0.0.1', '--save', '', '--appendonly', 'yes', '--appendfsync', 'everysec'];
    const rest = ['--maxmemory-policy', 'noeviction', '--dir', this.#folder, '--daemonize', 'no'];
    const child = spawn('redis-server', ['--port', String(this.port), ...options, ...rest], {
      stdio: 'ignore',
    });
    const failed = once(child, 'exit').catch(() => undefined);
    this.#child = child;
    for (let look = 0; look < 400; look++) {
      if (await accepts(this.port)) break;
      if ((await Promise.race([failed.then(() => true), sleep(25)])) === true) return false;
    }
    this.#onPid('redis', child.pid ?? null);
    return true;
  }

  /** @param {NodeJS.Signals} signal */
  signal(signal) {
    this.#child?.kill(signal);
  }

  async stop() {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
    this.#onPid('redis', null);
  }
}
