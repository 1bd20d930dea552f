import type { JSX, TargetedClipboardEvent, TargetedKeyboardEvent } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Recorder } from '../recorder.js';
import type { Upload } from '../uploads.js';
import type { Ui } from '../ui.js';
import { Icon } from './icons.js';

const TEXT_MAX = 4_000;
/** A place that is not found by then is said to be missing. */
const PLACE_MS = 15_000;
/** Browsers tell places only to pages that came over a safe line. */
const canTellPlace = isSecureContext && 'geolocation' in navigator;

/** Where the visitor writes. What is written outlives a reload. */
export function Composer({ ui }: { ui: Ui }): JSX.Element {
  const { chat, uploads, texts } = ui;
  const field = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const threadId = chat.threadId.value;
  const [recorder] = useState(() => new Recorder());
  const [problem, setProblem] = useState('');
  const [text, setText] = useState('');
  const write = (value: string): void => {
    setText(value);
    chat.kept.change(threadId, { draft: value });
  };
  useEffect(() => setText(chat.kept.current.draft), [threadId]);
  useEffect(() => {
    if (ui.focusAsked.value > 0) field.current?.focus({ preventScroll: true });
  }, [ui.focusAsked.value]);
  useLayoutEffect(() => grow(field.current), [text]);
  const files = uploads.all.value;
  const isReady = files.some(({ state }) => state === 'ready');
  const canSend = (text.trim() !== '' || isReady) && !files.some(({ state }) => state === 'uploading');
  const send = (): void => {
    if (!canSend) return;
    const words = text.trim();
    chat.say([...uploads.take(), ...(words === '' ? [] : [{ type: 'text' as const, text: words }])]);
    write('');
    ui.focus();
  };
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLTextAreaElement>): void => {
    // While a word is being composed, Enter takes the word.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  };
  const onPaste = (event: TargetedClipboardEvent<HTMLTextAreaElement>): void => {
    const pasted = event.clipboardData?.files;
    if (!pasted || pasted.length === 0) return;
    event.preventDefault();
    uploads.add(pasted);
  };
  const onSubmit = (event: Event): void => {
    event.preventDefault();
    send();
  };
  const record = (): void => {
    setProblem('');
    recorder.start((note) => uploads.add([note])).catch(() => setProblem(texts.value.noVoice));
  };
  const sendPlace = (): void => {
    setProblem('');
    navigator.geolocation.getCurrentPosition(
      ({ coords: { latitude, longitude } }) => chat.say([{ type: 'location', latitude, longitude }]),
      () => setProblem(texts.value.noLocation),
      { timeout: PLACE_MS },
    );
  };
  if (recorder.seconds.value !== null) return <Recording ui={ui} recorder={recorder} />;
  return (
    <form class="composer" onSubmit={onSubmit}>
      {files.length === 0 ? null : <Files ui={ui} files={files} />}
      <div class="row">
        <button
          type="button"
          class="quiet"
          aria-label={texts.value.attach}
          onClick={() => picker.current?.click()}
        >
          <Icon of="clip" />
        </button>
        {text === '' && canTellPlace ? (
          <button type="button" class="quiet" aria-label={texts.value.location} onClick={sendPlace}>
            <Icon of="pin" />
          </button>
        ) : null}
        <input
          ref={picker}
          type="file"
          multiple
          hidden
          onChange={({ currentTarget }) => {
            uploads.add(currentTarget.files ?? []);
            currentTarget.value = '';
          }}
        />
        <textarea
          ref={field}
          rows={1}
          maxLength={TEXT_MAX}
          dir="auto"
          value={text}
          aria-label={texts.value.write}
          placeholder={texts.value.write}
          autocomplete="off"
          onInput={({ currentTarget }) => {
            write(currentTarget.value);
            chat.typing();
          }}
          onKeyDown={onKeyDown}
          onPaste={onPaste}
        />
        {text === '' && files.length === 0 && Recorder.isPossible ? (
          <button type="button" class="quiet" aria-label={texts.value.voice} onClick={record}>
            <Icon of="mic" />
          </button>
        ) : null}
        {chat.isAnswering.value && !canSend ? (
          <button
            type="button"
            class="send stops"
            aria-label={texts.value.stop}
            title={texts.value.stop}
            onClick={() => {
              chat.stop();
              ui.focus();
            }}
          >
            <Icon of="stop" />
          </button>
        ) : (
          <button type="submit" class="send" aria-label={texts.value.send} disabled={!canSend}>
            <Icon of="send" />
          </button>
        )}
      </div>
      <p class="problem" role="alert">
        {problem}
      </p>
    </form>
  );
}

/** Takes the composer's place while the visitor speaks. */
function Recording({ ui, recorder }: { ui: Ui; recorder: Recorder }): JSX.Element {
  const { recording, done, discard } = ui.texts.value;
  const seconds = recorder.seconds.value ?? 0;
  const clock = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  return (
    <div class="composer">
      <div class="row">
        <button type="button" class="quiet" aria-label={discard} onClick={() => recorder.discard()}>
          <Icon of="close" />
        </button>
        <p class="recording" role="timer" aria-label={`${recording} ${clock}`}>
          <i /> {recording} {clock}
        </p>
        <button type="button" class="send" aria-label={done} onClick={() => recorder.finish()}>
          <Icon of="check" />
        </button>
      </div>
    </div>
  );
}

function Files({ ui, files }: { ui: Ui; files: readonly Upload[] }): JSX.Element {
  const { remove, again } = ui.texts.value;
  return (
    <ul class="files">
      {files.map((upload) => (
        <li key={upload.id} class={upload.state} aria-busy={upload.state === 'uploading'}>
          <Icon of="file" />
          <span>
            <bdi>{upload.file.name}</bdi>
            {upload.state === 'failed' ? <small role="alert">{whyOf(upload, ui)}</small> : null}
          </span>
          {upload.state === 'failed' && !upload.refused?.isFinal ? (
            <button type="button" onClick={() => void ui.uploads.send(upload)}>
              {again}
            </button>
          ) : null}
          <button
            type="button"
            class="quiet"
            aria-label={`${remove}: ${upload.file.name}`}
            onClick={() => ui.uploads.remove(upload)}
          >
            <Icon of="close" />
          </button>
        </li>
      ))}
    </ul>
  );
}

function whyOf({ refused }: Upload, { texts }: Ui): string {
  if (refused === null) return texts.value.refused;
  return refused.status === 413 ? texts.value.tooLarge : refused.detail;
}

/** As high as its text, up to what the style allows. */
function grow(field: HTMLTextAreaElement | null): void {
  if (!field) return;
  field.style.height = 'auto';
  field.style.height = `${field.scrollHeight}px`;
}
