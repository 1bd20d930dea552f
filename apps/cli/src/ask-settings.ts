import { isCancel, password, select, text } from '@clack/prompts';
import { fault } from '#libs/faults';
import type { Shape } from '#libs/sdk';

interface Field {
  type?: string | string[];
  enum?: unknown[];
  description?: string;
  default?: unknown;
}

/** Asks for every setting that is needed and was not given. */
export async function askSettings(
  type: Shape<'ChannelType'>,
  given: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const { properties = {}, required = [] } = type.settings_schema as {
    properties?: Record<string, Field>;
    required?: string[];
  };
  const answers: Record<string, unknown> = {};
  for (const name of required.filter((one) => !(one in given))) {
    const field = properties[name] ?? {};
    if (field.default === undefined)
      answers[name] = await ask(name, field, type.secret_fields.includes(name));
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

async function ask(name: string, field: Field, isSecret: boolean): Promise<unknown> {
  const message = field.description ? `${name}: ${field.description}` : name;
  if (field.enum) {
    const options = field.enum.map((value) => ({ value: String(value), label: String(value) }));
    return answered(select({ message, options }));
  }
  const said = await answered(isSecret ? password({ message }) : text({ message }));
  return field.type === 'integer' || field.type === 'number' ? Number(said) : said;
}

async function answered(question: Promise<string | symbol>): Promise<string> {
  const answer = await question;
  if (isCancel(answer)) throw fault('input/invalid', { detail: 'Nothing was changed.' });
  return answer as string;
}
