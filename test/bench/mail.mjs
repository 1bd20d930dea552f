// How well and how fast mails are read: `node test/bench/mail.mjs [--discourse <clone>] [--talon <clone>] [--crisp <clone>]`,
// after a build.
//
// The collections are public repositories that are not part of this one: clone github.com/discourse/email_reply_trimmer (MIT),
// github.com/mailgun/talon (Apache-2.0) and github.com/crisp-oss/email-reply-parser (MIT) beside it. Without them only the
// times are measured.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import EmailReplyParser from 'email-reply-parser';
import { MailReader, verifier } from '../../dist/libs/connectors/src/email/apart.js';
import { htmlToText } from '../../dist/libs/connectors/src/shared/mail/html-text.js';
import { parseMail } from '../../dist/libs/connectors/src/shared/mail/mail.js';
import { splitReply } from '../../dist/libs/connectors/src/shared/mail/split-reply.js';

const clone = { type: 'string' };
const { values } = parseArgs({ options: { discourse: clone, talon: clone, crisp: clone } });

const ours = (text) => splitReply(text).reply;
/** As collections want it that take a signature for a part of the reply. */
const oursSigned = (text) => {
  const { reply, signature } = splitReply(text);
  return signature === '' ? reply : `${reply}\n\n${signature}`;
};
const library = (text) => new EmailReplyParser().read(text).getVisibleText();

/** Blanks at line ends and several blank lines are nobody's words. */
const tidy = (text) =>
  text
    .replace(/\r/g, '')
    .replace(/[ \t\u200b\u00a0]+/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .replace(/\n{2,}/g, '\n\n')
    .trim();
const wordsOf = (text) => tidy(text).split(/\s+/).filter(Boolean);

/** Words of the person that are not in what was kept. */
function lost(wanted, kept) {
  const have = new Map();
  for (const word of wordsOf(kept)) have.set(word, (have.get(word) ?? 0) + 1);
  return wordsOf(wanted).filter((word) => {
    const count = have.get(word) ?? 0;
    have.set(word, count - 1);
    return count <= 0;
  }).length;
}

function score(cases, read) {
  let exact = 0;
  let overTrimmed = 0;
  for (const { text, wanted } of cases) {
    const kept = read(text);
    if (tidy(kept) === tidy(wanted)) exact++;
    if (lost(wanted, kept) > 0) overTrimmed++;
  }
  return { exact, overTrimmed };
}

function discourse(clone) {
  const folder = path.join(clone, 'test');
  return readdirSync(path.join(folder, 'emails')).map((name) => ({
    text: readFileSync(path.join(folder, 'emails', name), 'utf8'),
    wanted: readFileSync(path.join(folder, 'trimmed', name), 'utf8'),
  }));
}

function talonHtml(clone) {
  const folder = path.join(clone, 'tests/fixtures/html_replies');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.html'))
    .map((name) => ({
      text: readFileSync(path.join(folder, name), 'utf8'),
      wanted: 'Hi. I am fine.\n\nThanks,\nAlex',
    }));
}

function talonMails(clone) {
  const folder = path.join(clone, 'tests/fixtures/standard_replies');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.eml'))
    .map((name) => {
      const { text, html } = parseMail(readFileSync(path.join(folder, name)));
      const said = path.join(folder, name.replace('.eml', '_reply_text'));
      return {
        text: text ?? htmlToText(html ?? '').text,
        wanted: existsSync(said) ? readFileSync(said, 'utf8') : 'Hello',
      };
    });
}

/** The mails of a library's own tests that say the same words first. */
function crisp(clone) {
  const test = readFileSync(path.join(clone, 'test/test.js'), 'utf8');
  const wanted = /COMMON_FIRST_FRAGMENT = '([^']*)'/.exec(test)[1].replace(/\\n\\\n/g, '\n');
  const folder = path.join(clone, 'test/fixtures');
  return readdirSync(folder)
    .map((name) => ({ text: readFileSync(path.join(folder, name), 'utf8'), wanted }))
    .filter(({ text }) => tidy(text).startsWith(tidy(wanted).slice(0, 60)));
}

const collections = [];
if (values.discourse)
  collections.push({
    name: 'discourse/email_reply_trimmer, text',
    cases: discourse(values.discourse),
    read: ours,
    other: library,
  });
if (values.talon) {
  const squash = (read) => (html) => read(htmlToText(html).text).replace(/\s+/g, ' ');
  const html = talonHtml(values.talon).map((one) => ({ ...one, wanted: one.wanted.replace(/\s+/g, ' ') }));
  collections.push(
    { name: 'mailgun/talon, html_replies', cases: html, read: squash(ours), other: squash(library) },
    {
      name: 'mailgun/talon, standard_replies',
      cases: talonMails(values.talon),
      read: oursSigned,
      other: library,
    },
  );
}
if (values.crisp)
  collections.push({
    name: 'crisp-oss/email-reply-parser',
    cases: crisp(values.crisp),
    read: ours,
    other: library,
  });
for (const { name, cases, read, other } of collections) {
  const mine = score(cases, read);
  const theirs = score(cases, other);
  console.log(
    `${name}: ${cases.length} mails · exact ${mine.exact}, over-trimmed ${mine.overTrimmed} · email-reply-parser exact ${theirs.exact}, over-trimmed ${theirs.overTrimmed}`,
  );
}

const HEAD = 'From: a@b.example\r\nSubject: x\r\nMessage-ID: <x@b.example>\r\n';
const html = (piece, times) => `${HEAD}Content-Type: text/html\r\n\r\n${piece.repeat(times)}`;
let nested = HEAD;
for (let level = 0; level < 5_000; level++)
  nested += `Content-Type: multipart/mixed; boundary=b${level}\r\n\r\n--b${level}\r\n`;
const hostile = {
  'an ordinary reply': `${HEAD}\r\nHello\r\n\r\nOn 1.2.2026 10:00, A <a@b.example> wrote:\r\n> Hi`,
  'nested parts': nested,
  'many parts': `${HEAD}Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\n\r\nx\r\n'.repeat(100_000)}`,
  'many headers': `${HEAD}${'X: y\r\n'.repeat(200_000)}\r\n`,
  'many addresses': `${HEAD}To: ${'a@b.example, '.repeat(100_000)}\r\n\r\n`,
  references: `${HEAD}References: ${'<a@b> '.repeat(100_000)}\r\n\r\n`,
  'nested elements': html('<div>', 80_000),
  'open tags': html('<b>', 150_000),
  'angle brackets': html('<', 500_000),
  links: html('<a href="https://a.example">x</a>', 15_000),
  attributions: `${HEAD}\r\n${'On 1.2.2026 10:00, a\r\n'.repeat(20_000)}`,
  spaces: `${HEAD}\r\n${' '.repeat(500_000)}`,
  'a large file': `${HEAD}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhi\r\n--b\r\nContent-Type: application/zip\r\nContent-Transfer-Encoding: base64\r\n\r\n${'QUJD'.repeat(8_000_000)}\r\n--b--`,
};
const settings = { address: 'c@d.example', also_addresses: [], token_secret: 'x'.repeat(24) };
const reader = new MailReader();
await reader.read(
  { kind: 'mail', raw: Buffer.from(HEAD), trust: {}, returnPath: null, receivedAt: 0 },
  settings,
);
/** What really holds the loop up holds it up every time; another process on the same core does not. */
const TIMES = 3;
async function measure(name, raw, work) {
  const [took, held] = [[], []];
  for (let time = 0; time < TIMES; time++) {
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const began = performance.now();
    await work(raw);
    took.push(performance.now() - began);
    await new Promise((resolve) => setTimeout(resolve, 5));
    delay.disable();
    held.push(delay.max / 1e6);
  }
  console.log(
    `${name}: ${(raw.length / 1e6).toFixed(2)} MB, ${Math.max(...took).toFixed(0)} ms at most; the event loop was held for ${Math.min(...held).toFixed(1)} ms each time, ${Math.max(...held).toFixed(1)} ms once`,
  );
}
const read = (raw) =>
  reader.read({ kind: 'mail', raw, trust: {}, returnPath: null, receivedAt: 0 }, settings);
for (const [name, text] of Object.entries(hostile)) await measure(`reading ${name}`, Buffer.from(text), read);

const signature = (n) =>
  `DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=a${n}.invalid; s=s; h=from; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=AAAA\r\n`;
const forged = {
  'an ordinary signature': `${signature(0)}${HEAD}\r\nHello`,
  'many signatures': `${Array.from({ length: 2_000 }, (_, n) => signature(n)).join('')}${HEAD}\r\nx`,
  'many senders': `${signature(0)}From: ${'a@b.example, '.repeat(100_000)}\r\n\r\nx`,
  'one long line': `${signature(0)}${HEAD}\r\n${' x'.repeat(5_000_000)}`,
  'a large file': `${signature(0)}${hostile['a large file']}`,
};
// What a machine that others use does to any loop, be it as idle as this one.
const busy = 'const end = Date.now() + 4_000; let x = 0; while (Date.now() < end) x += Math.sqrt(x + 1);';
const idle = () => new Promise((resolve) => new Worker(busy, { eval: true }).once('exit', resolve));
await measure('nothing, for 4 s beside a busy thread', Buffer.alloc(0), idle);
const check = (raw) => verifier.verify(raw, null);
for (const [name, text] of Object.entries(forged))
  await measure(`checking ${name}`, Buffer.from(text), check);
const file = Buffer.from(hostile['a large file']);
await measure('taking a large file out', file, (raw) => reader.file(raw, 2));
process.exit(0);
