import { checkBot } from '#libs/bot';
import { fault } from '#libs/faults';
import type { BotDefinition } from '#libs/model';

/**
 * A definition in which every way leads somewhere and every expression can be read.
 *
 * @throws Fault `input/invalid` with a pointer to each mistake
 */
export function soundDefinition(definition: BotDefinition): BotDefinition {
  const checked = checkBot(definition);
  if (checked.ok) return checked.definition;
  throw fault('input/invalid', {
    detail: 'The definition cannot work as it is.',
    errors: checked.problems.map(({ pointer, code, message }) => ({
      pointer: `/definition${pointer}`,
      code,
      detail: message,
    })),
  });
}
