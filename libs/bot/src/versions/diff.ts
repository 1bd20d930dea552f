import { isDeepStrictEqual } from 'node:util';
import type { BotChange, BotDefinition, Json, JsonObject } from '#libs/model';
import { pointerOf } from '../check/problem.js';
import { sentenceOf, type Place } from './change-words.js';

/** A difference before it is put into words. */
type Found = Omit<BotChange, 'text' | 'pointer'> & { readonly place: Place };

/** Things in lists are known again by one of these, the first that all of them have. */
const keyNames = ['id', 'name', 'tool'] as const;

/**
 * What was added, removed, changed and moved between two definitions, down to the smallest piece that can be named.
 *
 * Rules, flows, menus, options, intents and tools are known again by their ids, nodes by their names, so a rule that
 * is put first is one that moved, and not a changed list. Empty exactly when both are equal as JSON.
 *
 * @returns in the order of the later definition, what was removed at its old place among the others; pointers of what
 *   was removed lead into `before`, all others into `after`
 */
export function diffBots(before: BotDefinition, after: BotDefinition): BotChange[] {
  const found = diffValues(plain(before), plain(after), { before: [], after: [], words: [] });
  return found.map(({ place, ...change }) => ({
    ...change,
    pointer: pointerOf(change.kind === 'removed' ? place.before : place.after),
    text: sentenceOf({ ...change, place }),
  }));
}

/** As JSON has it: optional properties that are not there are not there. */
function plain(definition: BotDefinition): Json {
  return JSON.parse(JSON.stringify(definition)) as Json;
}

function diffValues(before: Json, after: Json, place: Place): Found[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (isObject(before) && isObject(after)) return diffObjects(before, after, place);
  if (Array.isArray(before) && Array.isArray(after)) {
    const key = keyNames.find((name) => isKeyedBy(before, name) && isKeyedBy(after, name));
    if (key) return diffKeyed(before as JsonObject[], after as JsonObject[], key, place);
    return isSet(before) && isSet(after) ? diffSets(before, after, place) : diffByIndex(before, after, place);
  }
  return [{ kind: 'changed', place, before, after }];
}

function diffObjects(before: JsonObject, after: JsonObject, place: Place): Found[] {
  const names = [...Object.keys(after), ...Object.keys(before).filter((name) => !Object.hasOwn(after, name))];
  return names.flatMap((name): Found[] => {
    const inner = within(place, name, name, name);
    if (!Object.hasOwn(before, name)) return [{ kind: 'added', place: inner, after: after[name]! }];
    if (!Object.hasOwn(after, name)) return [{ kind: 'removed', place: inner, before: before[name]! }];
    return diffValues(before[name]!, after[name]!, inner);
  });
}

/** Lists of things with keys; their order is a matter of its own. */
function diffKeyed(before: JsonObject[], after: JsonObject[], key: string, place: Place): Found[] {
  const keyOf = (item: JsonObject): string => item[key] as string;
  const indexBefore = new Map(before.map((item, index) => [keyOf(item), index]));
  const keysAfter = new Set(after.map(keyOf));
  const found: Found[] = after.flatMap((item, index): Found[] => {
    const name = keyOf(item);
    const from = indexBefore.get(name);
    const inner = within(place, from ?? index, index, name);
    if (from === undefined) return [{ kind: 'added', place: inner, after: item }];
    return diffValues(before[from]!, item, inner);
  });
  for (const [index, item] of before.entries()) {
    if (keysAfter.has(keyOf(item))) continue;
    found.push({ kind: 'removed', place: within(place, index, index, keyOf(item)), before: item });
  }
  const orderBefore = before.map(keyOf).filter((name) => keysAfter.has(name));
  const orderAfter = after.map(keyOf).filter((name) => indexBefore.has(name));
  if (!isDeepStrictEqual(orderBefore, orderAfter)) {
    found.push({ kind: 'moved', place, before: orderBefore, after: orderAfter });
  }
  return found;
}

/** Lists of words, of which each stands there once: what came, what went, and whether the rest stands in order. */
function diffSets(before: readonly Json[], after: readonly Json[], place: Place): Found[] {
  const found: Found[] = [];
  for (const [index, item] of after.entries()) {
    if (!before.includes(item))
      found.push({ kind: 'added', place: within(place, index, index), after: item });
  }
  for (const [index, item] of before.entries()) {
    if (!after.includes(item))
      found.push({ kind: 'removed', place: within(place, index, index), before: item });
  }
  const orderBefore = before.filter((item) => after.includes(item));
  const orderAfter = after.filter((item) => before.includes(item));
  if (!isDeepStrictEqual(orderBefore, orderAfter)) {
    found.push({ kind: 'moved', place, before: orderBefore, after: orderAfter });
  }
  return found;
}

/** Lists of anything else: what stands at the same place is compared. */
function diffByIndex(before: readonly Json[], after: readonly Json[], place: Place): Found[] {
  const found: Found[] = after.flatMap((item, index): Found[] => {
    const inner = within(place, index, index);
    return index < before.length
      ? diffValues(before[index]!, item, inner)
      : [{ kind: 'added', place: inner, after: item }];
  });
  for (const [index, item] of before.entries()) {
    if (index >= after.length)
      found.push({ kind: 'removed', place: within(place, index, index), before: item });
  }
  return found;
}

/** @param word  how a person calls the step; without it the place is called like what it is in */
function within(place: Place, before: PropertyKey, after: PropertyKey, word?: string): Place {
  return {
    before: [...place.before, before],
    after: [...place.after, after],
    words: [...place.words, { key: after, word: word ?? null }],
  };
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isKeyedBy(items: readonly Json[], key: string): boolean {
  const keys = items.map((item) => (isObject(item) && Object.hasOwn(item, key) ? item[key] : null));
  return keys.every((each) => typeof each === 'string') && new Set(keys).size === keys.length;
}

function isSet(items: readonly Json[]): boolean {
  return (
    items.every((item) => typeof item !== 'object' || item === null) && new Set(items).size === items.length
  );
}
