import { Injectable } from '@nestjs/common';
import {
  type AnalyticsQuery,
  type AnalyticsReport,
  type AnalyticsReportName,
  analyticsReports,
  type AnalyticsRow,
  idOf,
  isId,
  uuidOf,
  type WorkspaceId,
} from '#libs/model';
import { Database, type WorkspaceTransaction } from '../database.js';
import { reportStatement } from './analytics-sql.js';

type Row = { start: Date | null; key: string | null; name?: string } & Record<string, unknown>;

/** Reports that this process counts at once. */
const AT_ONCE = 3;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Counts what happened, from the event log. */
@Injectable()
export class Analytics {
  readonly #running: Promise<void>[] = [];
  #turn = 0;

  constructor(private readonly database: Database) {}

  /**
   * A report over a time.
   *
   * @throws Fault `store/unavailable`
   */
  async report(
    workspaceId: WorkspaceId,
    report: AnalyticsReportName,
    query: AnalyticsQuery,
  ): Promise<AnalyticsReport> {
    const isByTime = report !== 'flows' && report !== 'questions';
    const values = [
      uuidOf(workspaceId),
      query.from,
      query.to,
      query.timezone,
      (isByTime && query.interval) || null,
      query.channel_id ? uuidOf(query.channel_id) : null,
      ...(query.bot_id ? [uuidOf(query.bot_id)] : []),
    ];
    const cut = { by: query.group_by, isOneBot: query.bot_id !== undefined };
    const statement = reportStatement(report, cut);
    const rows = await this.#inTurn(() =>
      this.database.inSession(workspaceId, 'read', (session) => session.query<Row>(statement, values)),
    );
    const names = await this.database.withWorkspace(workspaceId, (tx) => namesOf(tx, workspaceId, rows));
    return {
      report,
      from: new Date(query.from).toISOString(),
      to: new Date(query.to).toISOString(),
      timezone: query.timezone,
      values: [...analyticsReports[report].values],
      data: rows.map((row) => rowOf(report, query.group_by, row, names)),
    };
  }

  /** A count of millions takes seconds and a connection of its own: a screen full of reports asks for a few at once. */
  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const place = this.#turn++ % AT_ONCE;
    const before = this.#running[place] ?? Promise.resolve();
    const mine = before.then(work);
    this.#running[place] = mine.then(
      () => undefined,
      () => undefined,
    );
    return mine;
  }
}

function rowOf(
  report: AnalyticsReportName,
  grouping: AnalyticsQuery['group_by'],
  row: Row,
  names: ReadonlyMap<string, string>,
): AnalyticsRow {
  const values = analyticsReports[report].values.map((name) => [name, numberOf(row[name])] as const);
  const [owner = '', ...rest] = row.key?.split('/') ?? [];
  const isBots = report === 'flows' || grouping === 'bot';
  const kind = report === 'questions' ? 'knowledgeGap' : isBots ? 'bot' : 'channel';
  const id = UUID.test(owner) ? idOf(kind, owner) : owner;
  const name = row.name ?? [names.get(owner), ...rest].filter((part) => part !== undefined).join(' / ');
  return {
    start: row.start?.toISOString() ?? null,
    group: row.key === null ? null : [id, ...rest].join('/'),
    group_name: row.key === null || name === '' ? null : name,
    values: Object.fromEntries(values),
  };
}

/** Counts come as integers of 64 bits; what was divided is rounded to a thousandth. */
function numberOf(value: unknown): number | null {
  return value === null || value === undefined ? null : Math.round(Number(value) * 10_000) / 10_000;
}

/** What channels, bots, members and keys are called, by the text that rows name them with. */
async function namesOf(
  tx: WorkspaceTransaction,
  workspaceId: WorkspaceId,
  rows: readonly Row[],
): Promise<Map<string, string>> {
  const keys = [...new Set(rows.flatMap(({ key }) => key?.split('/')[0] ?? []))];
  const uuids = keys.filter((key) => UUID.test(key));
  const workspace = { workspaceId: uuidOf(workspaceId) };
  const where = { where: { ...workspace, id: { in: uuids } }, select: { id: true, name: true } };
  const named = [...(await tx.channel.findMany(where)), ...(await tx.bot.findMany(where))];
  const names = new Map(named.map(({ id, name }) => [id, name]));
  for (const key of keys) {
    const [kind, id = ''] = key.split(':');
    const at = { where: { workspaceId_id: { ...workspace, id: '' } }, select: { name: true } };
    if (kind === 'member' && isId('member', id)) {
      at.where.workspaceId_id.id = uuidOf(id);
      names.set(key, (await tx.member.findUnique(at))?.name ?? key);
    }
    if (kind === 'api_key' && isId('apiKey', id)) {
      at.where.workspaceId_id.id = uuidOf(id);
      names.set(key, (await tx.apiKey.findUnique(at))?.name ?? key);
    }
  }
  return names;
}
