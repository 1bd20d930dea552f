import type { PreChat as Questions } from '#libs/model';
import type { JSX, TargetedSubmitEvent } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Refused } from '../server.js';
import type { Ui } from '../ui.js';
import { Field } from './form.js';

/** What is asked before the conversation. What was put in outlives a reload and a failure. */
export function PreChat({ ui, questions }: { ui: Ui; questions: Questions }): JSX.Element {
  const { chat, texts } = ui;
  const { kept, look } = chat;
  const [state, setState] = useState<'open' | 'busy' | { problem: string }>('open');
  const [before] = useState(kept.visitor.answers);
  // The fields take the place of the composer: the focus that was asked for is theirs.
  useEffect(() => {
    if (ui.focusAsked.value > 0) ui.host.shadowRoot?.querySelector<HTMLElement>('.asking [name]')?.focus();
  }, []);
  const submit = async (event: TargetedSubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const answers = answersIn(event.currentTarget);
    setState('busy');
    try {
      await chat.introduce(answers);
      ui.focus();
    } catch (error) {
      setState({ problem: error instanceof Refused ? error.detail : texts.value.offline });
    }
  };
  const greeting = look.value?.greeting ?? '';
  return (
    <form
      class="scroll asking"
      dir="auto"
      onSubmit={(event) => void submit(event)}
      onInput={({ currentTarget }) => (kept.visitor = { answers: answersIn(currentTarget) })}
    >
      {greeting === '' ? null : <p class="greeting">{greeting}</p>}
      <div class="card">
        {questions.text === '' ? null : <p>{questions.text}</p>}
        <fieldset disabled={state === 'busy'}>
          {questions.fields.map((field) => (
            <Field key={field.id} field={field} choose={texts.value.choose} value={before[field.id]} />
          ))}
          <button type="submit" class="primary">
            {texts.value.start}
          </button>
        </fieldset>
        <p class="problem" role="alert">
          {typeof state === 'object' ? state.problem : ''}
        </p>
      </div>
    </form>
  );
}

function answersIn(form: HTMLFormElement): Record<string, string> {
  const entries = [...new FormData(form)].map(([name, value]): [string, string] => [
    name,
    typeof value === 'string' ? value : '',
  ]);
  return Object.fromEntries(entries);
}
