import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { programs } from './programs.js';
import { until } from './until.js';

/** What a Kannel of ours is connected to. */
export interface KannelOptions {
  /** Port of the SMSC, to which it binds as `kannel` with the password `secret`. */
  smscPort: number;
  /** Its `get-url`, percent signs and all. */
  getUrl: string;
}

/** A real Kannel, with both of its programs, on ports of its own. */
export class Kannel {
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'parley-kannel-'));
  readonly #file = path.join(this.#folder, 'kannel.conf');
  readonly #children: ChildProcess[] = [];
  #log = '';

  private constructor(
    private readonly ports: { box: number; sendsms: number },
    config: string,
  ) {
    writeFileSync(this.#file, config);
  }

  /** Where `sendsms` is, also while Kannel is not there. */
  get sendsmsUrl(): string {
    return `http://127.0.0.1:${this.ports.sendsms}/cgi-bin/sendsms`;
  }

  static async start({ smscPort, getUrl }: KannelOptions): Promise<Kannel> {
    const [admin, box, sendsms] = [await freePort(), await freePort(), await freePort()];
    const kannel = new Kannel({ box, sendsms }, configOf({ admin, box, sendsms, smscPort, getUrl }));
    try {
      await kannel.resume();
      return kannel;
    } catch (cause) {
      await kannel.stop();
      throw new Error(`Kannel does not start:\n${kannel.log.slice(-2_000)}`, { cause });
    }
  }

  /** Starts both programs again, on the same ports. */
  async resume(): Promise<void> {
    await this.#run(programs.kannel!, this.ports.box);
    await this.#run(path.join(path.dirname(programs.kannel!), 'smsbox'), this.ports.sendsms);
  }

  /** What both programs wrote. */
  get log(): string {
    return this.#log;
  }

  /** Ends both programs, the last one started first. */
  async pause(): Promise<void> {
    for (const child of this.#children.splice(0).toReversed()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGINT');
      const timer = setTimeout(() => child.kill('SIGKILL'), 5_000);
      await gone;
      clearTimeout(timer);
    }
  }

  /** Ends both programs, for good. */
  async stop(): Promise<void> {
    await this.pause();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #run(program: string, port: number): Promise<void> {
    const child = spawn(program, ['-v', '1', this.#file], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#children.push(child);
    const keep = (chunk: Buffer): void => void (this.#log += chunk.toString('utf8'));
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    await until(`${path.basename(program)} listens`, () => {
      if (child.exitCode !== null) throw new Error(`${path.basename(program)} ended`);
      return isListening(port);
    });
  }
}

/** Below the ports that connections get, where Kannel fails to listen after them; and nobody listens there now. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    });
    if (isFree) return port;
  }
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => socket.end(() => resolve(true)));
    socket.once('error', () => resolve(false));
  });
}

const configOf = (
  own: { admin: number; box: number; sendsms: number } & KannelOptions,
): string => `group = core
admin-port = ${own.admin}
admin-interface = 127.0.0.1
admin-password = adm
smsbox-port = ${own.box}
smsbox-interface = 127.0.0.1
dlr-storage = internal
sms-resend-freq = 1
box-deny-ip = "*.*.*.*"
box-allow-ip = "127.0.0.1"

group = smsc
smsc = smpp
smsc-id = fake
host = 127.0.0.1
port = ${own.smscPort}
transceiver-mode = true
smsc-username = "kannel"
smsc-password = "secret"
system-type = ""
address-range = ""
reconnect-delay = 1
enquire-link-interval = 5

group = smsbox
bearerbox-host = 127.0.0.1
bearerbox-port = ${own.box}
sendsms-port = ${own.sendsms}
sendsms-interface = 127.0.0.1
global-sender = 12345
http-request-retry = 5
http-queue-delay = 1

group = sendsms-user
username = parley
password = secret
max-messages = 10
concatenation = true

group = sms-service
keyword = default
catch-all = true
get-url = "${own.getUrl}"
max-messages = 0
concatenation = true
omit-empty = true
`;
