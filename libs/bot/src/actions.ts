import type { BotDefinition, Content, JsonObject, Menu, Turn } from '#libs/model';
import type { Scope } from './conditions.js';
import type { TurnContext } from './context.js';
import type { FlowRunner } from './flows/runner.js';
import type { TraceDetail } from './trace.js';
import { fillInContents } from './templates.js';

/** What a rule, an option of a menu or an intent leads to. */
export interface Action {
  readonly reply?: readonly Content[] | undefined;
  readonly open_menu?: string | undefined;
  readonly start_flow?: string | undefined;
  readonly hand_over: boolean;
  readonly department?: string | undefined;
  readonly set?: JsonObject | undefined;
}

/** What was done, for the answer and its trace. */
export interface Performed {
  readonly replies: Content[][];
  readonly detail: TraceDetail;
}

const menuPrefix = 'menu/';

/** Does what an action says: its reply, then its menu, then its flow; fields and hand-over as effects. */
export async function perform(
  action: Action,
  reason: string,
  turn: Turn,
  draft: TurnContext,
  scope: Scope,
  runner: FlowRunner,
): Promise<Performed> {
  const { definition } = turn.bot;
  const replies: Content[][] = [];
  if (action.set) draft.emit({ kind: 'set-contact', fields: action.set });
  const own = fillInContents(action.reply ?? [], scope);
  if (own.length > 0) replies.push(own);
  const menu = menuOf(definition, action.open_menu);
  if (menu.length > 0) replies.push(fillInContents(menu, scope));
  if (action.start_flow !== undefined) replies.push(...(await runner.begin(turn, draft, action.start_flow)));
  if (action.hand_over) {
    const department = action.department === undefined ? {} : { department: action.department };
    draft.emit({ kind: 'hand-over', to: 'queue', reason, ...department });
  }
  const detail = {
    hand_over: action.hand_over,
    ...(menu.length > 0 && action.open_menu !== undefined && { menu: action.open_menu }),
    ...(action.start_flow !== undefined && { flow: action.start_flow }),
  };
  return { replies: replies.filter((reply) => reply.length > 0), detail };
}

/** The menu and the option that an option's id names; null when it names none of this bot. */
export function menuOptionOf(
  definition: BotDefinition,
  optionId: string | undefined,
): { menu: Menu; option: Menu['options'][number] } | null {
  if (!optionId?.startsWith(menuPrefix)) return null;
  for (const menu of definition.menus ?? []) {
    const option = menu.options.find(({ id }) => `${menuPrefix}${menu.id}/${id}` === optionId);
    if (option) return { menu, option };
  }
  return null;
}

/** A menu as it is sent; empty when the bot has none of this name. */
export function menuOf(definition: BotDefinition, menuId: string | undefined): Content[] {
  const menu = (definition.menus ?? []).find(({ id }) => id === menuId);
  return menu ? [menuContent(menu)] : [];
}

function menuContent(menu: Menu): Content {
  const options = menu.options.map(({ id, label }) => ({ id: `${menuPrefix}${menu.id}/${id}`, label }));
  return { type: 'choices', text: menu.text, style: menu.style, options };
}
