import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { programs } from './programs.js';
import { until } from './until.js';

/** Starts a program that goes into the background by itself; its output would keep a pipe open for ever. */
async function run(program: string, args: readonly string[]): Promise<void> {
  const child = spawn(program, args, { stdio: 'ignore' });
  const status = await new Promise((resolve) => child.once('exit', resolve));
  if (status !== 0) throw new Error(`${program} ended with ${String(status)}.`);
}

/** Mailboxes, and their passwords. */
export const MAILBOXES = { support: 'secret', sales: 'secret' } as const;
/** Who may send to everybody. */
export const RELAY = { user: 'relay', pass: 'relaypass' } as const;

/**
 * Real servers in a folder of their own: Exim takes mails and hands them to Dovecot, which keeps them. Both give up root's
 * rights for those of users of their own, so only root can start them.
 */
export class MailServers {
  static get canRun(): boolean {
    return (
      programs['dovecot-core'] !== undefined &&
      programs['exim4-daemon-light'] !== undefined &&
      // Of dovecot-imapd and dovecot-lmtpd, where Debian has them.
      ['imap', 'lmtp'].every((name) => existsSync(`/usr/lib/dovecot/${name}`)) &&
      process.getuid?.() === 0
    );
  }

  /** OAuth access tokens that Dovecot takes, with the mailbox of each: what an authorization server would say of them. */
  readonly tokens = new Map<string, string>();

  private constructor(
    private readonly folder: string,
    readonly imapPort: number,
    readonly smtpPort: number,
    private readonly introspection: Server,
  ) {}

  get certificate(): string {
    return readFileSync(path.join(this.folder, 'cert.pem'), 'utf8');
  }

  static async start(): Promise<MailServers> {
    const folder = mkdtempSync(path.join(tmpdir(), 'parley-mail-'));
    chmodSync(folder, 0o755);
    const [imap, smtp, lmtp] = [await freePort(), await freePort(), await freePort()];
    const introspection = createHttpServer();
    await new Promise<void>((resolve) => introspection.listen(0, '127.0.0.1', resolve));
    const servers = new MailServers(folder, imap, smtp, introspection);
    introspection.on('request', (request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const username = servers.tokens.get(new URLSearchParams(body).get('token') ?? '');
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify(username === undefined ? { active: false } : { active: true, username }));
      });
    });
    for (const name of ['run', 'state', 'mail', 'spool', 'log']) mkdirSync(path.join(folder, name));
    const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '2',
        '-keyout',
        'key.pem',
        '-out',
        'cert.pem',
        ...names,
      ],
      { cwd: folder, stdio: 'ignore' },
    );
    chmodSync(path.join(folder, 'key.pem'), 0o644);
    const users = Object.entries(MAILBOXES).map(([name, password]) => `${name}@acme.test:{PLAIN}${password}`);
    writeFileSync(path.join(folder, 'users'), `${users.join('\n')}\n`);
    writeFileSync(path.join(folder, 'dovecot.conf'), dovecotConf(folder, imap, lmtp));
    const { port } = introspection.address() as AddressInfo;
    writeFileSync(path.join(folder, 'oauth2.conf'), oauthConf(port));
    writeFileSync(path.join(folder, 'exim.conf'), eximConf(folder, smtp, lmtp));
    chownSync(path.join(folder, 'mail'), idOf('mail'), idOf('mail'));
    for (const name of ['spool', 'log', 'run']) {
      if (name !== 'run') chownSync(path.join(folder, name), idOf('Debian-exim'), idOf('Debian-exim'));
    }
    await servers.startDovecot();
    await servers.startExim();
    return servers;
  }

  async startDovecot(): Promise<void> {
    await run(programs['dovecot-core']!, ['-c', path.join(this.folder, 'dovecot.conf')]);
    await until('Dovecot listens', () => isOpen(this.imapPort));
  }

  async stopDovecot(): Promise<void> {
    await endByFile(path.join(this.folder, 'run/master.pid'), 'SIGTERM');
    await until('Dovecot listens no more', async () => !(await isOpen(this.imapPort)));
  }

  /** How many sessions a mailbox has now. */
  sessionsOf(mailbox: keyof typeof MAILBOXES): number {
    const { stdout } = this.#doveadm('who', '-1', `${mailbox}@acme.test`);
    return stdout.split('\n').filter((line) => line.includes(' imap ')).length;
  }

  /** Ends a mailbox's sessions, as an administrator or a failing machine does. */
  kick(mailbox: keyof typeof MAILBOXES): void {
    this.#doveadm('kick', `${mailbox}@acme.test`);
  }

  /** Makes a mailbox's folder anew, its mails staying: their UIDs count from one again, under another UIDVALIDITY. */
  async renumber(mailbox: keyof typeof MAILBOXES): Promise<void> {
    await this.stopDovecot();
    const folder = path.join(this.folder, 'mail', `${mailbox}@acme.test`);
    for (const name of readdirSync(folder)) {
      if (name.startsWith('dovecot')) rmSync(path.join(folder, name), { recursive: true });
    }
    await this.startDovecot();
  }

  #doveadm(...args: string[]) {
    const doveadm = path.join(path.dirname(programs['dovecot-core']!), '../bin/doveadm');
    return spawnSync(doveadm, ['-c', path.join(this.folder, 'dovecot.conf'), ...args], { encoding: 'utf8' });
  }

  async startExim(): Promise<void> {
    await run(programs['exim4-daemon-light']!, ['-C', path.join(this.folder, 'exim.conf'), '-bd', '-q2s']);
    await until('Exim listens', () => isOpen(this.smtpPort));
  }
  async stopExim(): Promise<void> {
    await endByFile(path.join(this.folder, 'log/exim.pid'), 'SIGTERM');
  }

  async stop(): Promise<void> {
    await this.stopExim();
    // What Exim has begun goes on without its daemon, and would write its log anew.
    await until(
      "Exim's last children are gone",
      () => !isRunning(path.join(this.folder, 'exim.conf')),
      30_000,
    );
    await this.stopDovecot();
    await new Promise((resolve) => this.introspection.close(resolve));
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  /** What Exim has not delivered yet. */
  queued(): number {
    const { stdout } = spawnSync(
      programs['exim4-daemon-light']!,
      ['-C', path.join(this.folder, 'exim.conf'), '-bpc'],
      { encoding: 'utf8' },
    );
    return Number(stdout.trim());
  }

  log(): string {
    const file = path.join(this.folder, 'log/exim_mainlog');
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  }
}

async function endByFile(file: string, signal: NodeJS.Signals): Promise<void> {
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, 'utf8'));
  try {
    process.kill(pid, signal);
  } catch {
    return;
  }
  await until(`process ${pid} is gone`, () => !isAlive(pid));
}

/** Whether any process names a file in its command. */
function isRunning(file: string): boolean {
  return readdirSync('/proc').some((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      return readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(file);
    } catch {
      return false; // it is gone
    }
  });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function idOf(user: string): number {
  return Number(execFileSync('id', ['-u', user], { encoding: 'utf8' }));
}

async function isOpen(port: number): Promise<boolean> {
  const { connect } = await import('node:net');
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve((socket.destroy(), true))).once('error', () => resolve(false));
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function dovecotConf(folder: string, imap: number, lmtp: number): string {
  return `base_dir = ${folder}/run
state_dir = ${folder}/state
instance_name = ${path.basename(folder)}
log_path = ${folder}/log/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
default_internal_user = dovecot
default_internal_group = dovecot
default_login_user = dovenull
first_valid_uid = 1
mail_uid = mail
mail_gid = mail
mail_location = maildir:${folder}/mail/%u
ssl = yes
ssl_cert = <${folder}/cert.pem
ssl_key = <${folder}/key.pem
disable_plaintext_auth = no
recipient_delimiter = +
mail_max_userip_connections = 50
auth_mechanisms = plain login xoauth2 oauthbearer
passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = ${folder}/oauth2.conf
}
passdb {
  driver = passwd-file
  mechanisms = plain login
  args = scheme=PLAIN username_format=%u ${folder}/users
}
userdb {
  driver = static
  args = uid=mail gid=mail home=${folder}/mail/%u allow_all_users=yes
}
service imap-login {
  inet_listener imap {
    port = ${imap}
  }
  inet_listener imaps {
    port = 0
  }
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = ${lmtp}
  }
}
namespace inbox {
  inbox = yes
}
`;
}

const oauthConf = (port: number): string => `introspection_mode = post
introspection_url = http://127.0.0.1:${port}/introspect
username_attribute = username
active_attribute = active
active_value = true
`;

function eximConf(folder: string, smtp: number, lmtp: number): string {
  return `primary_hostname = mx.acme.test
spool_directory = ${folder}/spool
log_file_path = ${folder}/log/exim_%slog
pid_file_path = ${folder}/log/exim.pid
daemon_smtp_ports = ${smtp}
local_interfaces = 127.0.0.1
tls_advertise_hosts = *
tls_certificate = ${folder}/cert.pem
tls_privatekey = ${folder}/key.pem
message_size_limit = 2M
smtp_accept_max = 100
smtp_accept_queue_per_connection = 0
acl_smtp_rcpt = acl_rcpt
host_lookup =
rfc1413_query_timeout = 0s
keep_environment =
never_users =
begin acl
acl_rcpt:
  accept authenticated = *
  require verify = recipient
  accept domains = acme.test
  deny message = relay not permitted
begin routers
unknown:
  driver = redirect
  domains = acme.test
  condition = \${if match{$local_part}{^(support|sales)}{no}{yes}}
  data = :fail: no such user
  allow_fail
local:
  driver = accept
  domains = acme.test
  local_part_suffix = +*
  local_part_suffix_optional
  transport = lmtp
begin transports
lmtp:
  driver = smtp
  protocol = lmtp
  hosts = 127.0.0.1
  hosts_override
  port = ${lmtp}
  allow_localhost
begin retry
* * F,1h,2s
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = \${if and{{eq{$auth2}{${RELAY.user}}}{eq{$auth3}{${RELAY.pass}}}}}
  server_set_id = $auth2
`;
}
