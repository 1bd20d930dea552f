import { BotDefinition, type Rule } from '#libs/model';
import { expressionProblem } from '../conditions.js';
import { patternProblem } from '../patterns.js';
import { isTimeZone } from '../hours.js';
import { checkAgent } from './check-agent.js';
import { checkContents, checkFlow } from './check-flow.js';
import { Problems, type BotProblem } from './problem.js';

/** A definition that is good, or everything that is wrong with it. */
export type BotCheck =
  | { readonly ok: true; readonly definition: BotDefinition }
  | { readonly ok: false; readonly problems: readonly BotProblem[] };

/** Phrases with forgiven slips that a bot may have: each costs time in every turn. */
const phrasesMax = 2_000;

/**
 * Checks a definition before it is stored: its form first, then what a schema cannot see (ways into nothing, ids used
 * twice, expressions and templates that cannot be read, loops without a question).
 */
export function checkBot(input: unknown): BotCheck {
  const problems = new Problems();
  const parsed = BotDefinition.safeParse(input);
  if (!parsed.success) {
    for (const { path, code, message } of parsed.error.issues) problems.add(path, code, message);
    return { ok: false, problems: problems.found };
  }
  checkDefinition(parsed.data, problems);
  return problems.found.length > 0
    ? { ok: false, problems: problems.found }
    : { ok: true, definition: parsed.data };
}

function checkDefinition(definition: BotDefinition, problems: Problems): void {
  const flows = new Set((definition.flows ?? []).map(({ id }) => id));
  const menus = new Set((definition.menus ?? []).map(({ id }) => id));
  const intents = definition.understanding?.intents ?? [];
  unique(definition.rules, ['rules'], problems);
  unique(definition.flows ?? [], ['flows'], problems);
  unique(definition.menus ?? [], ['menus'], problems);
  unique(intents, ['understanding', 'intents'], problems);
  const leads = (action: Leading, path: Path): void => checkLeads(action, path, flows, menus, problems);

  for (const [index, flow] of (definition.flows ?? []).entries())
    checkFlow(flow, ['flows', index], flows, problems);
  for (const [index, rule] of definition.rules.entries()) {
    leads(rule, ['rules', index]);
    checkRule(rule, ['rules', index], definition, problems);
  }
  for (const [index, menu] of (definition.menus ?? []).entries()) {
    unique(menu.options, ['menus', index, 'options'], problems);
    for (const [place, option] of menu.options.entries()) leads(option, ['menus', index, 'options', place]);
  }
  for (const [index, intent] of intents.entries()) leads(intent, ['understanding', 'intents', index]);
  if (definition.handoff?.no_one) leads(definition.handoff.no_one, ['handoff', 'no_one']);
  checkHours(definition, problems);
  checkAgent(definition, problems);
}

type Path = readonly PropertyKey[];
interface Leading {
  readonly reply?: readonly { type: string }[] | undefined;
  readonly start_flow?: string | undefined;
  readonly open_menu?: string | undefined;
}

function checkLeads(
  { reply, start_flow: flow, open_menu: menu }: Leading,
  path: Path,
  flows: ReadonlySet<string>,
  menus: ReadonlySet<string>,
  problems: Problems,
): void {
  if (flow !== undefined && !flows.has(flow)) {
    problems.add([...path, 'start_flow'], 'missing-flow', `There is no flow "${flow}"`);
  }
  if (menu !== undefined && !menus.has(menu)) {
    problems.add([...path, 'open_menu'], 'missing-menu', `There is no menu "${menu}"`);
  }
  checkContents(reply ?? [], [...path, 'reply'], problems);
}

function checkRule({ when }: Rule, path: Path, definition: BotDefinition, problems: Problems): void {
  const problem = when.condition === undefined ? null : expressionProblem(when.condition, 'bool');
  if (problem) problems.add([...path, 'when', 'condition'], 'bad-expression', problem);
  for (const [at, pattern] of (when.patterns ?? []).entries()) {
    const why = patternProblem(pattern);
    if (why !== null) problems.add([...path, 'when', 'patterns', at], 'bad-pattern', why);
  }
  if (when.hours !== undefined && !definition.hours) {
    problems.add([...path, 'when', 'hours'], 'missing-hours', 'The bot has no business hours');
  }
}

function checkHours({ hours, handoff, rules, understanding }: BotDefinition, problems: Problems): void {
  if (hours && !isTimeZone(hours.time_zone)) {
    problems.add(['hours', 'time_zone'], 'unknown-time-zone', `There is no time zone "${hours.time_zone}"`);
  }
  if (handoff?.hours === 'business' && !hours) {
    problems.add(['handoff', 'hours'], 'missing-hours', 'The bot has no business hours');
  }
  if (rules.reduce((sum, { when }) => sum + (when.phrases?.length ?? 0), 0) > phrasesMax) {
    problems.add(['rules'], 'too-many', `There may be ${phrasesMax} phrases in all rules together`);
  }
  if (understanding && understanding.suggests_from > understanding.answers_from) {
    problems.add(['understanding', 'suggests_from'], 'out-of-order', 'Must not be above answers_from');
  }
}

function unique(items: readonly { id: string }[], path: Path, problems: Problems): void {
  const seen = new Set<string>();
  for (const [index, { id }] of items.entries()) {
    if (seen.has(id)) problems.add([...path, index, 'id'], 'used-twice', `The id "${id}" is used twice`);
    seen.add(id);
  }
}
