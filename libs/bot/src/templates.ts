import { Liquid, type Template } from 'liquidjs';
import type { Content, Json } from '#libs/model';
import { contentLimits } from '#libs/model';
import type { Scope } from './conditions.js';

/** What a template may cost. @see liquidjs "DoS prevention", https://liquidjs.com/tutorials/dos.html (read 2026-11-21) */
const limits = { parseLimit: 100_000, renderLimit: 100, memoryLimit: 200_000 } as const;

/** Signs that would mean something in the Markdown subset, and the colon that makes a bare address a link. */
const markdownSigns = /[\\`*_~[\]<>#]|:(?=\/\/)/g;

/** What a template can see, by name. */
export type TemplateScope = Readonly<Record<string, Readonly<Record<string, Json>>>>;

const engine = makeEngine();
const known = new Map<string, readonly Template[] | null>();

/** Says what is wrong with a template; null when nothing is. */
export function templateProblem(text: string): string | null {
  try {
    engine.parse(text);
    return null;
  } catch (thrown) {
    return (thrown instanceof Error ? thrown.message : 'cannot be read').split('\n')[0]!.slice(0, 200);
  }
}

/**
 * Fills in a Liquid template. Values are put in as words: Markdown in them means nothing, so that a contact's name
 * cannot bring a link into a reply of ours. Whoever wants that writes `| raw`, for example for an address from a tool.
 *
 * Never throws: a template that cannot be filled in within its limits is left out. What is not known is empty.
 *
 * @returns the text, cut at the limit of a text; empty when there is nothing to say
 */
export function fillIn(text: string, scope: TemplateScope): string {
  if (!text.includes('{{') && !text.includes('{%')) return text;
  const template = compile(text);
  if (!template) return '';
  try {
    const filled: unknown = engine.renderSync([...template], scope);
    return String(filled).slice(0, contentLimits.textMax);
  } catch {
    return '';
  }
}

/** Content with its templates filled in; pieces that come out empty are left out. */
export function fillInContents(contents: readonly Content[], scope: Scope): Content[] {
  return contents.flatMap((content) => {
    const filled = fillInContent(content, scope);
    return filled ? [filled] : [];
  });
}

function fillInContent(content: Content, scope: Scope): Content | null {
  if (content.type === 'text' || content.type === 'choices' || content.type === 'list') {
    const text = fillIn(content.text, scope);
    return text.trim() === '' ? null : { ...content, text };
  }
  if (content.type !== 'card' || content.text === undefined) return content;
  return { ...content, text: fillIn(content.text, scope).slice(0, contentLimits.descriptionMax) };
}

function makeEngine(): Liquid {
  const made = new Liquid({
    ...limits,
    ownPropertyOnly: true,
    strictFilters: true,
    // No template may read another: neither from a disk nor by a name.
    templates: {},
    relativeReference: false,
    dynamicPartials: false,
    outputEscape: (value: unknown) => asWords(value),
  });
  for (const tag of ['include', 'render', 'layout', 'block']) Reflect.deleteProperty(made.tags, tag);
  return made;
}

function compile(text: string): readonly Template[] | null {
  const before = known.get(text);
  if (before !== undefined) return before;
  let made: readonly Template[] | null = null;
  try {
    made = engine.parse(text);
  } catch {
    // Definitions are checked when they are saved; one of an older release may hold what is refused today.
  }
  if (known.size > 2_000) known.clear();
  known.set(text, made);
  return made;
}

function asWords(value: unknown): string {
  if (typeof value === 'string') return value.replace(markdownSigns, '\\$&');
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return Array.isArray(value) ? value.map(asWords).join(', ') : '';
}
