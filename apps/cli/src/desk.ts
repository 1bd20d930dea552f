import type { Pages, Parley } from '#libs/sdk';
import Table from 'cli-table3';
import pc from 'picocolors';
import type { Globals, World } from './world.js';

/** A column of a table: its heading, and what stands in it. */
export type Column<T> = readonly [heading: string, cell: (row: T) => string | number | null | undefined];

/** What a running command works with: the client, and ways to say things. */
export class Desk {
  constructor(
    readonly parley: Parley,
    readonly world: World,
    readonly globals: Globals,
  ) {}

  /** Whether programs read, not people. */
  get isJson(): boolean {
    return this.globals.json === true;
  }

  /** Whether somebody can be asked. */
  get canAsk(): boolean {
    return this.world.stdin.isTTY === true && !this.isJson;
  }

  /** Prints one thing: words for people, the document for programs. */
  show(document: unknown, words: string): void {
    this.world.stdout.write(this.isJson ? `${JSON.stringify(document, null, 2)}\n` : `${words}\n`);
  }

  /** Prints one of many things that go on: programs get one document a line. */
  line(document: unknown, words: string): void {
    this.world.stdout.write(this.isJson ? `${JSON.stringify(document)}\n` : `${words}\n`);
  }

  /** Says something beside the result. */
  note(words: string): void {
    this.world.stderr.write(`${words}\n`);
  }

  /** Prints a whole list. */
  async list<T>(pages: Pages<T>, columns: readonly Column<T>[], most = 1_000): Promise<void> {
    const rows = await pages.take(most);
    this.show(rows, rows.length === 0 ? pc.dim('Nothing.') : tableOf(rows, columns));
  }
}

/** Rows as a table without lines. */
export function tableOf<T>(rows: readonly T[], columns: readonly Column<T>[]): string {
  const table = new Table({
    head: columns.map(([heading]) => pc.bold(heading)),
    chars: Object.fromEntries(LINES.map((name) => [name, ''])),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
  });
  for (const row of rows) table.push(columns.map(([, cell]) => safe(String(cell(row) ?? '–'))));
  return table.toString();
}

const LINES =
  'top top-mid top-left top-right bottom bottom-mid bottom-left bottom-right left left-mid mid mid-mid right right-mid middle'.split(
    ' ',
  );

/** Text that people outside wrote, for a terminal: what steers it is left out. */
export function safe(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what it is about
  return text.replaceAll(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g, '');
}

/** What the parts of a message say, in one text. */
export function textOf(parts: readonly object[]): string {
  return safe(
    parts
      .map((part) => {
        const { text, options } = part as { text?: string; options?: { label: string }[] };
        const choices = (options ?? []).map(({ label }, at) => `\n  ${at + 1}. ${label}`).join('');
        return `${text ?? `[${(part as { type: string }).type}]`}${choices}`;
      })
      .join('\n'),
  );
}
