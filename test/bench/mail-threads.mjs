// How far our conversations agree with an independent threader: `node test/bench/mail-threads.mjs <folder of mails> …`, after a
// build. The threader is Dovecot's (dovecot-core and dovecot-imapd must be installed, and this be run as root): THREAD=REFS
// goes by headers alone, THREAD=REFERENCES (RFC 5256, the algorithm of Jamie Zawinski) by subjects too. A public collection is
// test/corpora of github.com/notmuch/notmuch: `lkml/cur` and `default`.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseMail } from '../../dist/libs/connectors/src/shared/mail/mail.js';
import { mintId, rootOf, threadOf, tokenOf } from '../../dist/libs/connectors/src/shared/mail/thread.js';

const SERVER = '/usr/lib/dovecot/imap';
const secrets = { secret: 'bench' };

/** Mails below a folder, each once, oldest first; `at` is the number that Dovecot gives it. */
function mailsOf(folder) {
  const seen = new Set();
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => path.join(parentPath, name))
    .toSorted()
    .map((file) => ({ file, mail: parseMail(readFileSync(file)) }))
    .filter(({ mail: { messageId, from } }) => {
      const isNew = messageId !== null && from !== null && !seen.has(messageId);
      if (isNew) seen.add(messageId);
      return isNew;
    })
    .map((one, at) => ({ ...one, at: at + 1, sender: one.mail.from.address.toLowerCase() }));
}

/** Dovecot's threads: a Map of number → thread. */
function dovecotThreads(mails, algorithm) {
  const home = mkdtempSync(path.join(tmpdir(), 'parley-threads-'));
  chmodSync(home, 0o755);
  try {
    for (const name of ['cur', 'new', 'tmp', 'run'])
      mkdirSync(path.join(home, 'box', name), { recursive: true });
    for (const { file, at } of mails)
      copyFileSync(
        file,
        path.join(home, `box/cur/${1_000_000_000 + at}.${String(at).padStart(6, '0')}.bench:2,S`),
      );
    execFileSync('chown', ['-R', 'mail:mail', home]);
    const config = `mail_location = maildir:${home}/box\nmail_uid = mail\nmail_gid = mail\nfirst_valid_uid = 1\nssl = no\nbase_dir = ${home}/box/run\nlog_path = /dev/null\n`;
    writeFileSync(path.join(home, 'conf'), config);
    writeFileSync(path.join(home, 'in'), `a SELECT INBOX\r\nb THREAD ${algorithm} UTF-8 ALL\r\nc LOGOUT\r\n`);
    // It refuses to talk over sockets, which Node's pipes are.
    const command = `cat in | ${SERVER} -c conf | cat`;
    const env = { ...process.env, USER: 'mail', HOME: home };
    const { stdout } = spawnSync('sh', ['-c', command], { cwd: home, env, encoding: 'utf8' });
    return groupsIn(/^\* THREAD (.*)$/m.exec(stdout)?.[1] ?? '');
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function groupsIn(answer) {
  const groups = new Map();
  let [depth, group] = [0, 0];
  for (const [piece] of answer.matchAll(/[()]|\d+/g)) {
    if (piece === '(') group += depth++ === 0 ? 1 : 0;
    else if (piece === ')') depth--;
    else groups.set(Number(piece), group);
  }
  return groups;
}

/** Of all pairs: how many both join, and how many only one of them does. */
function compare(mails, ours, theirs, counts = () => true) {
  const found = { pairs: 0, both: 0, onlyOurs: 0, onlyTheirs: 0, agree: 0 };
  for (const [n, a] of mails.entries()) {
    for (const b of mails.slice(n + 1)) {
      if (!counts(a, b)) continue;
      const [us, them] = [ours.get(a.at) === ours.get(b.at), theirs.get(a.at) === theirs.get(b.at)];
      found.pairs++;
      if (us && them) found.both++;
      if (us && !them) found.onlyOurs++;
      if (!us && them) found.onlyTheirs++;
      if (us === them) found.agree++;
    }
  }
  return found;
}

/** The conversations that a channel would make of a collection, whose busiest writer is the desk: whose mails go out as ours. */
function conversations(mails) {
  const wrote = new Map();
  for (const { sender } of mails) wrote.set(sender, (wrote.get(sender) ?? 0) + 1);
  const desk = [...wrote].toSorted((a, b) => b[1] - a[1])[0][0];
  const [own, threads, byNumber] = [new Map(), new Map(), new Map()];
  const ordered = mails.toSorted((a, b) => Date.parse(a.mail.sentAt ?? 0) - Date.parse(b.mail.sentAt ?? 0));
  for (const { mail, sender, at } of ordered) {
    const rename = (ids) => ids.map((id) => own.get(id) ?? id);
    const heard = { ...mail, references: rename(mail.references), inReplyTo: rename(mail.inReplyTo) };
    const parent = mail.inReplyTo[0] ?? mail.references.at(-1);
    const { thread } = threadOf(heard, sender, 'open', secrets);
    if (sender === desk) {
      const answered = threads.get(parent) ?? thread;
      threads.set(mail.messageId, answered);
      own.set(
        mail.messageId,
        mintId({ key: `dlv_${at}`, token: tokenOf(answered, secrets), mark: '' }, 'desk.example'),
      );
    } else {
      threads.set(mail.messageId, thread);
      byNumber.set(at, thread);
    }
  }
  return { desk, byNumber };
}

const percent = (part, whole) => (whole === 0 ? '-' : `${((100 * part) / whole).toFixed(2)} %`);
const line = (what, { pairs, both, onlyOurs, onlyTheirs, agree }) =>
  console.log(
    `  ${what}: ${pairs} pairs, ${percent(agree, pairs)} agree · joined by both ${both}, by us alone ${onlyOurs}, by Dovecot alone ${onlyTheirs}`,
  );

for (const folder of process.argv.slice(2)) {
  const mails = mailsOf(folder);
  console.log(`${folder}: ${mails.length} mails`);
  const roots = new Map(mails.map(({ mail, at }) => [at, rootOf(mail) ?? mail.messageId]));
  const { desk, byNumber } = conversations(mails);
  const customers = mails.filter(({ at }) => byNumber.has(at));
  for (const algorithm of ['REFS', 'REFERENCES']) {
    const theirs = dovecotThreads(mails, algorithm);
    if (theirs.size !== mails.length)
      throw new Error(`Dovecot threaded ${theirs.size} of ${mails.length} mails.`);
    line(`first reference, all writers, against ${algorithm}`, compare(mails, roots, theirs));
    line(
      `conversations (desk: ${mails.length - customers.length} mails of ${desk.split('@')[0]}), same writer, against ${algorithm}`,
      compare(customers, byNumber, theirs, (a, b) => a.sender === b.sender),
    );
    line(`conversations, all pairs of customers, against ${algorithm}`, compare(customers, byNumber, theirs));
  }
}
