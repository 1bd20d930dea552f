import { confirm, isCancel, password, select, text } from '@clack/prompts';
import { fault } from '#libs/faults';
import type { Shape } from '#libs/sdk';

interface Field {
  type?: string | string[];
  enum?: unknown[];
  description?: string;
  default?: unknown;
}
type Settings = Record<string, unknown>;

/**
 * Asks for every setting that is needed and was not given; what is made when it is left out is not asked for.
 *
 * A kind that needs no single field, because one of several sets will do, asks for its secrets: none has to be answered.
 */
export async function askSettings(type: Shape<'ChannelType'>, given: Settings): Promise<Settings> {
  const { required = [] } = schemaOf(type);
  const needed = required.length > 0 ? required : type.secret_fields;
  const answers: Settings = {};
  for (const name of needed.filter((one) => !(one in given) && !type.generated_fields.includes(one))) {
    if (fieldOf(type, name).default !== undefined) continue;
    const answer = await ask(type, name, '');
    if (answer !== '') answers[name] = answer;
  }
  return answers;
}

/**
 * Asks again for settings that were found wrong.
 *
 * @param wrong  by field: why. A field within a field is asked for as a whole
 * @returns what was answered; empty when every answer was
 */
export async function askAgain(type: Shape<'ChannelType'>, wrong: Record<string, string>): Promise<Settings> {
  const answers: Settings = {};
  for (const [name, why] of Object.entries(wrong)) {
    const answer = await ask(type, name, ` – ${why} (empty: leave it)`);
    if (answer !== '') answers[name] = answer;
  }
  return answers;
}

/** Asks which kind of channel it is about. */
export function askKind(types: readonly Shape<'ChannelType'>[]): Promise<string> {
  const options = types.map(({ connector, label, description }) => ({
    value: connector,
    label,
    hint: description,
  }));
  return answered(select({ message: 'Which kind?', options }));
}

/** Asks something that is yes or no. */
export function askWhether(message: string): Promise<boolean> {
  return answered(confirm({ message }));
}

const schemaOf = (type: Shape<'ChannelType'>) =>
  type.settings_schema as { properties?: Record<string, Field>; required?: string[] };
const fieldOf = (type: Shape<'ChannelType'>, name: string): Field => schemaOf(type).properties?.[name] ?? {};

async function ask(type: Shape<'ChannelType'>, name: string, more: string): Promise<unknown> {
  const field = fieldOf(type, name);
  const message = `${field.description ? `${name}: ${field.description}` : name}${more}`;
  if (field.enum) {
    const options = field.enum.map((value) => ({ value: String(value), label: String(value) }));
    return answered(select({ message, options }));
  }
  // An answer that is only Enter is undefined.
  const isSecret = type.secret_fields.includes(name);
  const said = (await answered(isSecret ? password({ message }) : text({ message }))) ?? '';
  return said !== '' && (field.type === 'integer' || field.type === 'number') ? Number(said) : said;
}

async function answered<T>(question: Promise<T>): Promise<Exclude<T, symbol>> {
  const answer = await question;
  if (isCancel(answer)) throw fault('input/invalid', { detail: 'It was ended here.' });
  return answer as Exclude<T, symbol>;
}
