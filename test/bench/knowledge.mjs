import { readFileSync } from 'node:fs';
import path from 'node:path';
import { KnowledgeSearch, makePassages, readDocument } from '#libs/knowledge';
import { BotKnowledge } from '#libs/model';
import { KnowledgeBases, KnowledgeIndex, KnowledgeSources } from '#libs/store';

// How good the search over a committed shop of documents is, by kinds of questions. No time is judged here.

const FOLDER = path.join(import.meta.dirname, '../support/knowledge');
const LANGUAGES = { 'faq-en.csv': 'en', 'faq-de.csv': 'de', 'router-manual.md': 'en', 'terms.md': 'en' };

/** What people of the shop would say in other words, put down before the questions were asked. */
const SYNONYMS = [
  ['order', 'purchase'],
  ['parcel', 'package'],
  ['phone', 'mobile', 'handset'],
  ['invoice', 'bill', 'receipt'],
  ['voucher', 'promo code', 'coupon'],
  ['terminate', 'cancel', 'quit'],
  ['delivery', 'shipping', 'postage', 'ship'],
  ['shop', 'store', 'branch'],
  ['repair', 'fix'],
];

const bytesOf = (name) => new Uint8Array(readFileSync(path.join(FOLDER, name)));

/** The ids of the rows of a table of questions, by the first phrasing. */
function idsOf(name) {
  const separator = name.includes('-de') ? ';' : ',';
  const lines = readFileSync(path.join(FOLDER, name), 'utf8').trim().split('\n').slice(1);
  return lines.map((line) => line.slice(0, line.indexOf(separator)));
}

/** The questions of the set: `{ kind, expected, question }`; nothing is expected of those about something else. */
export function questions() {
  const lines = readFileSync(path.join(FOLDER, 'questions.csv'), 'utf8').trim().split('\n').slice(1);
  return lines.map((line) => {
    const [kind, expected, ...question] = line.split(',');
    return { kind, expected, question: question.join(',') };
  });
}

/**
 * Fills a knowledge base with the shop.
 *
 * @returns which passage is meant by what a question expects
 */
export async function fillShop(database, workspaceId, { embedder } = {}) {
  const bases = new KnowledgeBases(database);
  const sources = new KnowledgeSources(database);
  const base = await bases.create(workspaceId, { name: 'Shop', synonyms: SYNONYMS, actor: 'system' });
  const expected = new Map();
  let passages = 0;
  for (const [name, language] of Object.entries(LANGUAGES)) {
    const source = await sources.create(workspaceId, base.id, { kind: 'rows', title: name, actor: 'system' });
    const document = await readDocument({ bytes: bytesOf(name), mimeType: null, fileName: name, url: null });
    const title = document.title ?? (language === 'de' ? 'Fragen und Antworten' : 'Questions and answers');
    const made = makePassages(document, { sourceId: source.id, title, url: null, language });
    await sources.putRows(workspaceId, source.id, [], made);
    passages += made.length;
    if (name.endsWith('.csv')) {
      for (const [at, id] of idsOf(name).entries()) expected.set(id, made[at].passageId);
    } else {
      for (const one of made) expected.set(one.heading.split(' › ').at(-1), one.passageId);
    }
  }
  const search = new KnowledgeSearch(new KnowledgeIndex(database), { embedder, basesTtlMs: 0 });
  return { baseId: base.id, expected, search, passages };
}

/** From which score a bot answers, and asks back: what a bot has that says nothing else. */
const { answers_from: answers, suggests_from: suggests } = BotKnowledge.parse({});
export const thresholds = { answers, suggests };

/**
 * Asks all questions.
 *
 * @returns a row for each kind: how often the right passage is first, among the first three; what a bot would do with it
 */
export async function askShop({ search, expected }, workspaceId) {
  const kinds = new Map();
  const misses = [];
  const tookMs = [];
  for (const { kind, expected: name, question } of questions()) {
    const since = performance.now();
    const { passages } = await search.search(workspaceId, undefined, question, { limit: 3 });
    tookMs.push(performance.now() - since);
    const row = kinds.get(kind) ?? { kind, asked: 0, top1: 0, top3: 0, answered: 0, wrong: 0, suggested: 0 };
    kinds.set(kind, row);
    const at = passages.findIndex(({ id }) => id === expected.get(name));
    const score = passages[0]?.score ?? 0;
    row.asked++;
    row.top1 += at === 0;
    row.top3 += at >= 0;
    row.answered += score >= thresholds.answers && at === 0;
    row.wrong += score >= thresholds.answers && at !== 0;
    row.suggested += score < thresholds.answers && score >= thresholds.suggests;
    if (at !== 0) misses.push({ kind, question, wanted: name, at, score, got: passages[0]?.heading ?? null });
  }
  return { rows: [...kinds.values()], misses, tookMs: tookMs.sort((a, b) => a - b) };
}

/** The rows as a table for people to read. */
export function knowledgeTable(rows, passages) {
  const lines = rows.map(
    ({ kind, asked, top1, top3, answered, wrong, suggested }) =>
      `| ${kind} | ${asked} | ${top1} | ${top3} | ${answered} | ${wrong} | ${suggested} |`,
  );
  return [
    `Retrieval over ${passages} passages, without a model:`,
    '',
    '| questions | asked | right one first | among three | answered right | answered wrong | asked back |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...lines,
  ].join('\n');
}

/** Fills a shop in a database of its own and asks it twice; the second time is told, when everything is warm. */
export async function measureKnowledge(house) {
  console.error('Measuring knowledge …');
  const { database, workspaceId } = await house.emptyWorkspace();
  try {
    const shop = await fillShop(database, workspaceId);
    await askShop(shop, workspaceId);
    const { rows, tookMs } = await askShop(shop, workspaceId);
    const at = (share) => tookMs[Math.floor((tookMs.length - 1) * share)].toFixed(1);
    return `${knowledgeTable(rows, shop.passages)}\n\nOne search, one after the other: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms.`;
  } finally {
    await database.close();
  }
}
