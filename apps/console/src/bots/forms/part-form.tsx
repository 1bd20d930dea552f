import { useMemo } from 'react';
import type { BotDefinition } from '#libs/model';
import type { BotDraft } from '../draft.js';
import { definitionSchemas, type PartName } from './definition-schemas.js';
import { FormContext } from './form-context.js';
import { type JsonSchema, resolved } from './json-schema.js';
import { Properties } from './object-field.js';
import { SchemaField } from './schema-field.js';

/** A part of a bot as a form that is made from its schema; mistakes stand where they are. */
export function PartForm(props: {
  part: PartName;
  draft: BotDraft;
  definition: BotDefinition;
  /** Only these fields of it. */
  only?: readonly string[];
}) {
  const { part, draft, definition, only } = props;
  const root: JsonSchema = definitionSchemas[part];
  const schema = useMemo(() => resolved(root, root), [root]);
  const context = useMemo(
    () => ({
      root,
      isOff: !draft.mayWrite,
      problems: draft.problems,
      suggested: suggestedBy(definition),
      Field: SchemaField,
    }),
    [root, draft.mayWrite, draft.problems, definition],
  );
  const set = (value: unknown) => {
    const { [part]: _, ...others } = definition;
    const isGone = value === undefined || (Array.isArray(value) && value.length === 0);
    draft.change(isGone ? others : { ...others, [part]: value });
  };
  const all = Object.keys(schema.properties ?? {});
  return (
    <FormContext value={context}>
      {only ? (
        <Properties
          schema={schema}
          pointer={`/${part}`}
          value={definition[part]}
          without={all.filter((name) => !only.includes(name))}
          onChange={set}
        />
      ) : (
        <SchemaField
          schema={schema}
          name={part}
          pointer={`/${part}`}
          value={definition[part]}
          isRequired={false}
          onChange={set}
        />
      )}
    </FormContext>
  );
}

/** What the definition has that other parts of it can name. */
function suggestedBy({ flows = [], menus = [], tools = [] }: BotDefinition): Record<string, string[]> {
  return {
    start_flow: flows.map(({ id }) => id),
    open_menu: menus.map(({ id }) => id),
    tool: tools.map(({ name }) => name),
  };
}
