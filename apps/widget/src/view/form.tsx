import type { FormContent, FormField } from '#libs/model';
import type { JSX, TargetedSubmitEvent } from 'preact';
import { useState } from 'preact/hooks';
import type { Place } from './content.js';
import { Markdown } from './markdown.js';

const INPUT_TYPES = { text: 'text', email: 'email', phone: 'tel', number: 'number', date: 'date' } as const;
const AUTOCOMPLETE: Partial<Record<FormField['kind'], string>> = { email: 'email', phone: 'tel' };
const VALUE_MAX = 1_000;

/** Questions to be answered together. */
export function Form({ content, place }: { content: FormContent; place: Place }): JSX.Element {
  const [isSent, setSent] = useState(false);
  const isDone = isSent || place.isFilledIn;
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const entries = [...new FormData(event.currentTarget)].map(([name, value]): [string, string] => [
      name,
      typeof value === 'string' ? value : '',
    ]);
    setSent(true);
    place.ui.chat.say([{ type: 'form_taken', fields: Object.fromEntries(entries) }]);
    place.ui.focus();
  };
  return (
    <form class="card" dir="auto" onSubmit={submit}>
      <p class="heading">{content.title}</p>
      {content.text === undefined ? null : <Markdown text={content.text} />}
      <fieldset disabled={isDone}>
        {content.fields.map((field) => (
          <Field key={field.id} field={field} choose={place.ui.texts.value.choose} />
        ))}
        <button type="submit" class="primary">
          {isDone ? `${content.submit} ✓` : content.submit}
        </button>
      </fieldset>
    </form>
  );
}

/** A field of a form, with what is in it at first. */
export function Field({
  field,
  choose,
  value = '',
}: {
  field: FormField;
  choose: string;
  value?: string | undefined;
}): JSX.Element {
  const { id, label, kind, required, options } = field;
  return (
    <label>
      <span>
        {label}
        {required ? <span aria-hidden="true"> *</span> : null}
      </span>
      {kind === 'choice' ? (
        <select name={id} required={required} defaultValue={value}>
          <option value="">{choose}</option>
          {options.map((option) => (
            <option value={option.id}>{option.label}</option>
          ))}
        </select>
      ) : (
        <input
          name={id}
          // The types of Preact want each type of input in a tag of its own.
          {...({ type: INPUT_TYPES[kind] } as object)}
          required={required}
          defaultValue={value}
          maxLength={VALUE_MAX}
          autocomplete={AUTOCOMPLETE[kind] ?? 'off'}
        />
      )}
    </label>
  );
}
