import { withMeaning } from '../i18n/meaning.js';

/** One mistake in what was sent, by its place in the body (JSON pointer). */
export interface FieldProblem {
  pointer: string;
  /** The rule that is broken, such as `too_big`. */
  code: string;
  detail: string;
}

interface ProblemDocument {
  code?: string;
  title?: string;
  detail?: string;
  errors?: FieldProblem[];
  request_id?: string;
}

/** A call that did not succeed, as the server explained it (RFC 9457), or as far as the browser knows. */
export class Problem extends Error {
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  /** `area/what-is-so`; each has a page under /errors. */
  readonly code: string;
  readonly fields: readonly FieldProblem[];
  readonly requestId: string | null;
  /** Milliseconds after which trying again makes sense; null when the server said nothing. */
  readonly retryAfterMs: number | null;

  constructor(status: number, document: ProblemDocument, headers?: Headers) {
    super(document.detail ?? document.title ?? `HTTP ${status}`);
    this.name = 'Problem';
    this.status = status;
    this.code = document.code ?? (status === 0 ? 'console/no-answer' : `http/${status}`);
    this.fields = document.errors ?? [];
    this.requestId = headers?.get('request-id') ?? document.request_id ?? null;
    const seconds = Number(headers?.get('retry-after'));
    this.retryAfterMs = Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : null;
  }

  /** Whether no answer came at all: the network, or a server that is away. */
  get isOffline(): boolean {
    return this.status === 0;
  }
}

/** The mistakes by the name of a form's field: `/settings/bot_token` becomes `settings.bot_token`. */
export function fieldErrors(error: unknown): Record<string, string> {
  if (!(error instanceof Problem)) return {};
  return Object.fromEntries(
    error.fields.map(({ pointer, code, detail }) => [
      pointer.replace(/^\//, '').replaceAll('/', '.'),
      withMeaning(`field/${code}`, detail),
    ]),
  );
}
