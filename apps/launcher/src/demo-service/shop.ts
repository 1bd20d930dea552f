import { findSlot, isFree } from './calendar.js';

/** What the service of the demo was told to keep. */
export interface ShopState {
  readonly bookings: readonly { number: string; slot: string; email: string }[];
  readonly tickets: readonly { number: string; kind: string; text: string; email: string }[];
  readonly leads: readonly { number: string; name: string; email: string; score: number }[];
  /** What was answered to each idempotency key: the same request again changes nothing. */
  readonly answers: Readonly<Record<string, Answered>>;
}

/** An answer as HTTP says it. */
export interface Answered {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A request that was understood. */
export interface Asked {
  readonly method: string;
  /** Segments of the path, decoded. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
}

export const emptyShop: ShopState = { bookings: [], tickets: [], leads: [], answers: {} };

/** Keys that are remembered; the oldest are forgotten. */
const KEYS_MAX = 1_000;

/** The orders of the demo never change. */
const orders: ReadonlyMap<string, Record<string, unknown>> = new Map([
  ['1042', { state: 'sent', due: 'Friday', tracking: 'ZX-1042', items: ['Desk lamp'] }],
  ['1038', { state: 'delivered', due: 'Tuesday', items: ['Two coffee mugs'] }],
  ['1051', { state: 'packed', items: ['Floor lamp'] }],
]);

/**
 * Answers a request to the service of the demo: orders, a calendar, tickets, leads.
 *
 * Pure: what it changes is in the state that it returns. A write with an idempotency key that was answered before gets the
 * same answer, and changes nothing.
 */
export function askShop(
  state: ShopState,
  asked: Asked,
  key: string | null,
): { state: ShopState; answer: Answered } {
  const isWrite = asked.method === 'POST';
  const before =
    isWrite && key !== null && Object.hasOwn(state.answers, key) ? state.answers[key] : undefined;
  if (before) return { state, answer: before };
  const made = isWrite ? write(state, asked) : { state, answer: look(state, asked) };
  if (!isWrite || key === null) return made;
  const answers = Object.entries({ ...made.state.answers, [key]: made.answer }).slice(-KEYS_MAX);
  return { ...made, state: { ...made.state, answers: Object.fromEntries(answers) } };
}

function look(state: ShopState, { method, path: [thing, id], query }: Asked): Answered {
  if (method !== 'GET') return said(405, { error: 'method' });
  if (thing === 'orders' && id !== undefined)
    return said(200, { order: id, ...(orders.get(id) ?? { state: 'none' }) });
  if (thing === 'calendar' && id === undefined) {
    const slot = query.get('slot') ?? '';
    return said(200, { slot, ...findSlot(slot, bookedIn(state)) });
  }
  const ticket = thing === 'tickets' && state.tickets.find(({ number }) => number === id);
  return ticket ? said(200, ticket) : said(404, { error: 'not found' });
}

function write(state: ShopState, { path: [thing], body }: Asked): { state: ShopState; answer: Answered } {
  const [text, email] = [words(body['text']), words(body['email'])];
  if (thing === 'bookings') {
    const slot = words(body['slot']);
    if (!isFree(slot, bookedIn(state))) return { state, answer: said(409, { error: 'taken' }) };
    const made = { number: `B-${state.bookings.length + 1}`, slot, email };
    return { state: { ...state, bookings: [...state.bookings, made] }, answer: said(201, made) };
  }
  if (thing === 'tickets') {
    const made = { number: `T-${state.tickets.length + 1}`, kind: words(body['kind']), text, email };
    return { state: { ...state, tickets: [...state.tickets, made] }, answer: said(201, made) };
  }
  if (thing === 'leads') {
    const score = typeof body['score'] === 'number' ? body['score'] : 0;
    const made = { number: `L-${state.leads.length + 1}`, name: words(body['name']), email, score };
    return { state: { ...state, leads: [...state.leads, made] }, answer: said(201, made) };
  }
  return { state, answer: said(404, { error: 'not found' }) };
}

const bookedIn = ({ bookings }: ShopState): Set<string> => new Set(bookings.map(({ slot }) => slot));
const said = (status: number, body: Answered['body']): Answered => ({ status, body });
const words = (value: unknown): string => (typeof value === 'string' ? value.slice(0, 2_000) : '');
