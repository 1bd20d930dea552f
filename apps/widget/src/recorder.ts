import { signal } from '@preact/signals';

/** The longest voice note. */
const SECONDS_MAX = 300;
/** What browsers can record, the dearest first; every one of them can do one of these. */
const TYPES = ['audio/webm;codecs=opus', 'audio/mp4', 'audio/ogg;codecs=opus'];

/** Records a voice note with the microphone of the visitor. */
export class Recorder {
  /** Seconds recorded so far; null while nothing is. */
  readonly seconds = signal<number | null>(null);

  #recorder: MediaRecorder | null = null;
  #ticking: ReturnType<typeof setInterval> | undefined;

  /** Whether this browser, on this page, may record at all. */
  static get isPossible(): boolean {
    return typeof MediaRecorder === 'function' && 'mediaDevices' in navigator;
  }

  /**
   * Begins to record; the browser asks the visitor first.
   *
   * @param taken  gets the note when it is finished
   * @throws what the browser throws when it may not or cannot
   */
  async start(taken: (note: File) => void): Promise<void> {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
    const recorder = new MediaRecorder(stream, mimeType === undefined ? {} : { mimeType });
    const pieces: Blob[] = [];
    recorder.addEventListener('dataavailable', ({ data }) => pieces.push(data));
    recorder.addEventListener('stop', () => {
      for (const track of stream.getTracks()) track.stop();
      clearInterval(this.#ticking);
      this.seconds.value = null;
      if (this.#recorder === recorder) taken(noteOf(pieces, recorder.mimeType));
      this.#recorder = null;
    });
    this.#recorder = recorder;
    this.seconds.value = 0;
    recorder.start();
    this.#ticking = setInterval(() => {
      this.seconds.value = (this.seconds.value ?? 0) + 1;
      if (this.seconds.value >= SECONDS_MAX) this.finish();
    }, 1_000);
  }

  /** Ends the note and hands it over. */
  finish(): void {
    this.#recorder?.stop();
  }

  /** Ends it, and forgets it. */
  discard(): void {
    const recorder = this.#recorder;
    this.#recorder = null;
    recorder?.stop();
  }
}

function noteOf(pieces: readonly Blob[], type: string): File {
  const plain = type.split(';')[0] || 'audio/webm';
  const ending = { 'audio/mp4': 'm4a', 'audio/ogg': 'ogg' }[plain] ?? 'webm';
  return new File([...pieces], `voice.${ending}`, { type: plain });
}
