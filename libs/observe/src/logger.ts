import type { LoggerService } from '@nestjs/common';
import { pino, type DestinationStream, type Logger as Pino } from 'pino';
import { currentContext } from './context.js';
import { faultLine } from './fault-line.js';
import { redact, redactText } from './redact.js';

/** Levels, least important last. */
export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';

type Level = Exclude<LogLevel, 'silent'>;

/** How a logger is made. */
export interface LoggerOptions {
  /** Which process speaks: `gateway`, `worker`, `launcher`. */
  readonly app: string;
  readonly level: LogLevel;
  /** Where lines go. Default: standard output, written synchronously so that a crash loses none. */
  readonly destination?: DestinationStream | undefined;
}

/**
 * The log: one JSON object a line, with the time, the process and the context of the work.
 *
 * Everything passes {@link redact} first: secrets, tokens, headers, bodies and what people wrote never arrive. It is
 * also Nest's LoggerService, so the framework's own lines take the same way.
 */
export class Logger implements LoggerService {
  private constructor(private readonly pino: Pino) {}

  static create({ app, level, destination }: LoggerOptions): Logger {
    const options = {
      level,
      base: { app },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label: string) => ({ level: label }) },
      mixin: () => ({ ...currentContext() }),
    };
    return new Logger(pino(options, destination ?? pino.destination({ sync: true })));
  }

  /** A logger that adds the same fields to every line. */
  with(fields: Readonly<Record<string, unknown>>): Logger {
    return new Logger(this.pino.child(redact(fields) as Record<string, unknown>));
  }

  /** Writes one line: a sentence, and plain values beside it. */
  write(level: Level, message: string, fields: Readonly<Record<string, unknown>> = {}): void {
    if (this.pino.isLevelEnabled(level)) this.pino[level](redact(fields) as object, redactText(message));
  }

  info(message: string, fields?: Readonly<Record<string, unknown>>): void {
    this.write('info', message, fields);
  }

  /** Writes the line of something thrown, at the level of its fault. */
  fault(thrown: unknown, fields: Readonly<Record<string, unknown>> = {}): void {
    const line = faultLine(thrown);
    this.write(line.level, line.message, { ...fields, ...line.fields });
  }

  /** Nest's `log`; `rest` is what Nest gives: a stack perhaps, and its context last. */
  log(message: unknown, ...rest: unknown[]): void {
    this.fromNest('info', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.fromNest('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.fromNest('warn', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.fromNest('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.fromNest('trace', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.fromNest('fatal', message, rest);
  }

  private fromNest(level: Level, message: unknown, rest: unknown[]): void {
    const fields = nestFields(rest);
    if (message instanceof Error) this.write(level, message.message, { ...fields, error: message });
    else if (typeof message === 'string') this.write(level, message, fields);
    else this.write(level, level, { ...fields, said: message });
  }
}

/** Nest ends its arguments with the name of its context; ours end with an object of fields. */
function nestFields(rest: readonly unknown[]): Record<string, unknown> {
  const last = rest.at(-1);
  const stack = rest.length > 1 && typeof rest[0] === 'string' ? { stack: rest[0] } : {};
  if (typeof last === 'string') return { ...stack, context: last };
  if (last instanceof Error) return { error: last };
  if (typeof last === 'object' && last !== null) return { ...stack, ...last };
  return {};
}
