import type { AnalyticsReportName } from '#libs/model';

/** An event as a test writes it, on a channel. */
export interface PlainEvent {
  conversation: string;
  channel: string;
  seq: number;
  type: string;
  at: number;
  data: Record<string, string | number>;
}

/** What a group of a report counts: names and numbers; null where there is nothing to divide by. */
export type Counted = Record<string, number | null>;
export type Grouping = 'channel' | 'bot' | 'operator' | undefined;

const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);
const average = (all: number[]): number | null =>
  share(
    all.reduce((sum, one) => sum + one, 0),
    all.length,
  );

/** Between the two nearest, as `percentile_cont`. */
function percentile(at: number, all: number[]): number | null {
  const sorted = all.toSorted((a, b) => a - b);
  const place = at * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return low === undefined || high === undefined ? null : low + (high - low) * (place - Math.floor(place));
}
const secondsBetween = (from: number, to: number): number => Math.max(0, (to - from) / 1_000);

interface Talk {
  at: number;
  channel: string;
  bot: string | null;
  operator: string | null;
  events: PlainEvent[];
  asked: PlainEvent | undefined;
}

/** Counts a report again by going through all events one by one: slow, plain, and written without the statements. */
export class NaiveAnalytics {
  constructor(
    private readonly events: readonly PlainEvent[],
    private readonly from: number,
    private readonly to: number,
    private readonly dayOf: (at: number) => string,
    private readonly grouping: Grouping,
  ) {}

  /** By `day group`. */
  report(report: AnalyticsReportName): Map<string, Counted> {
    switch (report) {
      case 'volume':
        return this.#perEvent(
          (e) => e.type === 'conversation.created' || e.type === 'message.created',
          (e) => this.#spoken(e),
          (all) => ({
            conversations: all.filter((e) => e.type === 'conversation.created').length,
            messages: all.filter((e) => e.type === 'message.created').length,
            from_contacts: all.filter((e) => e.data['by'] === 'contact').length,
            from_bot: all.filter((e) => e.data['by'] === 'bot').length,
            from_operators: all.filter((e) => e.data['by'] === 'operator').length,
            from_api: all.filter((e) => e.data['by'] === 'api').length,
          }),
        );
      case 'csat':
        return this.#perEvent(
          (e) => e.type === 'csat.received',
          (e) => ({
            bot: this.#before(e, isTurn)?.data['bot'],
            operator: this.#lastOperator(e),
          }),
          (all) => {
            const scores = all.map((e) => Number(e.data['score']));
            const of = (score: number): number => scores.filter((one) => one === score).length;
            return {
              answers: scores.length,
              average: average(scores),
              positive_rate: share(of(4) + of(5), scores.length),
              ...Object.fromEntries([1, 2, 3, 4, 5].map((one) => [`score_${one}`, of(one)])),
            };
          },
        );
      case 'deliveries':
        return this.#perEvent(
          (e) => e.type === 'message.created' && e.data['by'] !== 'contact',
          (e) => this.#spoken(e),
          (all) => {
            const states = all.map((e) => this.#statusOf(e));
            const of = (...wanted: string[]): number => states.filter((one) => wanted.includes(one)).length;
            const ends = ['sent', 'delivered', 'read', 'failed', 'expired', 'unknown'];
            return {
              messages: all.length,
              open: of('queued', 'sending'),
              ...Object.fromEntries(ends.map((end) => [end, of(end)])),
              failed_rate: share(of('failed', 'expired'), all.length),
            };
          },
        );
      case 'cost':
        return this.#perTurn((all) => {
          const sum = (name: string): number => all.reduce((so, e) => so + Number(e.data[name] ?? 0), 0);
          return {
            turns: all.length,
            tokens: sum('tokens'),
            money_micros: sum('money_micros'),
            money_micros_per_turn: share(sum('money_micros'), all.length),
          };
        });
      case 'answers':
        return this.#perTurn((all) => {
          const by = (...names: string[]): number =>
            all.filter(
              (e) => e.data['outcome'] === 'answered' && names.includes(String(e.data['answered_by'])),
            ).length;
          return {
            turns: all.length,
            rules: by('rules', 'intents', 'phrases'),
            flows: by('flows'),
            knowledge: by('knowledge'),
            agent: by('agent'),
            other: by('guard', 'undefined'),
            unanswered: by('fallback'),
            silent: all.filter((e) => e.data['outcome'] === 'silent').length,
            failed: all.filter((e) => e.type === 'turn.failed').length,
          };
        });
      case 'first-response':
        return this.#perTalk(
          ({ asked }) => asked !== undefined,
          (talks) => {
            const wait = (isAnswer: (e: PlainEvent) => boolean): number[] =>
              talks.flatMap((talk) => {
                const found = talk.events.find((e) => e.seq > talk.asked!.seq && isSpoken(e) && isAnswer(e));
                return found ? [secondsBetween(talk.asked!.at, found.at)] : [];
              });
            const [first, human] = [wait(() => true), wait((e) => e.data['by'] !== 'bot')];
            return {
              conversations: talks.length,
              answered: first.length,
              seconds_average: average(first),
              seconds_median: percentile(0.5, first),
              seconds_p90: percentile(0.9, first),
              human_answered: human.length,
              human_seconds_median: percentile(0.5, human),
            };
          },
          (events, asked) => {
            const answer = events.find(
              (e) => asked && e.seq > asked.seq && isSpoken(e) && e.data['by'] !== 'bot',
            );
            return answer && isWritten(answer) ? answer.data['actor'] : undefined;
          },
        );
      case 'resolution':
        return this.#perTalk(
          ({ asked }) => asked !== undefined,
          (talks) => {
            const took = talks.flatMap(({ events, asked }) => {
              const end = events.find((e) => e.seq > asked!.seq && isEnd(e));
              return end ? [secondsBetween(asked!.at, end.at)] : [];
            });
            return {
              conversations: talks.length,
              resolved: took.length,
              resolved_rate: share(took.length, talks.length),
              seconds_average: average(took),
              seconds_median: percentile(0.5, took),
            };
          },
          (events, asked) => {
            const end = events.find((e) => asked && e.seq > asked.seq && isEnd(e));
            return events.findLast((e) => isWritten(e) && (!end || e.seq < end.seq))?.data['actor'];
          },
        );
      case 'deflection':
        return this.#perTalk(
          ({ asked, events }) => asked !== undefined && events.some((e) => e.data['outcome'] === 'answered'),
          (talks) => {
            const alone = talks.filter(
              ({ events }) =>
                !events.some((e) => isAsking(e) || isTaking(e)) &&
                events.findLast((e) => e.type.startsWith('turn.'))?.type === 'turn.completed',
            ).length;
            return {
              conversations: talks.length,
              deflected: alone,
              deflected_rate: share(alone, talks.length),
            };
          },
        );
      case 'hand-over':
        return this.#perTalk(
          ({ events }) => events.some((e) => isAsking(e) || isTaking(e)),
          (talks) => {
            const waits = talks.flatMap(({ events }) => {
              const [asked, taken] = [events.find(isAsking), events.find(isTaking)];
              return asked && taken ? [secondsBetween(asked.at, taken.at)] : [];
            });
            const having = (is: (e: PlainEvent) => boolean): number =>
              talks.filter(({ events }) => events.some(is)).length;
            return {
              conversations: talks.length,
              requested: having(isAsking),
              taken: having(isTaking),
              returned: having((e) => e.type === 'control.changed' && e.data['to'] === 'bot'),
              wait_seconds_average: average(waits),
              wait_seconds_median: percentile(0.5, waits),
            };
          },
        );
      case 'feedback':
        return this.#perEvent(
          (e) => isOpinion(e) && !this.events.some((later) => replaces(later, e)),
          (e) => ({ bot: e.data['bot'], operator: e.data['actor'] }),
          (all) => {
            const bad = all.filter((e) => e.data['rating'] === 'down');
            const by = (...names: string[]): number =>
              bad.filter((e) => names.includes(String(e.data['answered_by']))).length;
            const good = all.length - bad.length;
            return {
              opinions: all.length,
              up: good,
              down: bad.length,
              up_rate: share(good, all.length),
              from_contacts: all.filter((e) => e.data['by'] === 'contact').length,
              down_rules: by('rules', 'intents', 'phrases'),
              down_flows: by('flows'),
              down_knowledge: by('knowledge'),
              down_agent: by('agent'),
              down_other: by('guard', 'fallback', 'undefined'),
            };
          },
        );
      case 'flows':
        return this.#flows();
      case 'questions':
        return new Map();
    }
  }

  #isIn = (e: PlainEvent): boolean => e.at >= this.from && e.at < this.to;

  #of(conversation: string): PlainEvent[] {
    return this.events.filter((e) => e.conversation === conversation).toSorted((a, b) => a.seq - b.seq);
  }

  #before(event: PlainEvent, is: (e: PlainEvent) => boolean): PlainEvent | undefined {
    return this.#of(event.conversation).findLast((e) => e.seq < event.seq && is(e));
  }

  #statusOf(event: PlainEvent): string {
    const last = this.#of(event.conversation).findLast(
      (e) => e.type === 'message.status' && e.data['message'] === event.data['message'],
    );
    return String(last?.data['status'] ?? 'queued');
  }

  #spoken(event: PlainEvent): { bot: unknown; operator: unknown } {
    const isOperators = event.data['by'] === 'operator';
    return {
      bot: event.data['bot'],
      operator: isOperators && (event.data['actor'] ?? this.#lastOperator(event)),
    };
  }

  #lastOperator(event: PlainEvent): unknown {
    const last = this.#before(event, (e) => isTaking(e) || isWritten(e));
    return last?.data['actor'] ?? last?.data['by'];
  }

  #perTurn(count: (all: PlainEvent[]) => Counted): Map<string, Counted> {
    const turned = (e: PlainEvent): { bot: unknown; operator: unknown } => ({
      bot: e.data['bot'],
      operator: undefined,
    });
    return this.#perEvent((e) => e.type === 'turn.completed' || e.type === 'turn.failed', turned, count);
  }

  #perEvent(
    is: (e: PlainEvent) => boolean,
    keys: (e: PlainEvent) => { bot: unknown; operator: unknown },
    count: (all: PlainEvent[]) => Counted,
  ): Map<string, Counted> {
    const all = this.events.filter((e) => this.#isIn(e) && is(e));
    const keyOf = (e: PlainEvent): string => {
      if (this.grouping === 'channel') return e.channel;
      return (this.grouping && text(keys(e)[this.grouping])) ?? '-';
    };
    return this.#grouped(all, (e) => `${this.dayOf(e.at)} ${keyOf(e)}`, count);
  }

  #perTalk(
    is: (talk: Talk) => boolean,
    count: (talks: Talk[]) => Counted,
    whoOf: (events: PlainEvent[], asked: PlainEvent | undefined) => unknown = () => undefined,
  ): Map<string, Counted> {
    const begun = this.events.filter((e) => e.type === 'conversation.created' && this.#isIn(e));
    const talks = begun.map(({ conversation, channel, at }): Talk => {
      const events = this.#of(conversation);
      const asked = events.find((e) => e.type === 'message.created' && e.data['by'] === 'contact');
      const bot = events.find(isTurn)?.data['bot'];
      const operator = whoOf(events, asked) ?? events.findLast(isTaking)?.data['by'];
      return { at, channel, events, asked, bot: text(bot), operator: text(operator) };
    });
    const keyOf = (talk: Talk): string => (this.grouping && talk[this.grouping]) || '-';
    return this.#grouped(talks.filter(is), (talk) => `${this.dayOf(talk.at)} ${keyOf(talk)}`, count);
  }

  #flows(): Map<string, Counted> {
    const waits = this.events.filter((e) => this.#isIn(e) && isTurn(e) && e.data['flow'] !== undefined);
    const keyOf = ({ data }: PlainEvent): string => `- ${data['bot']}/${data['flow']}/${data['node']}`;
    return this.#grouped(waits, keyOf, (all) => {
      const talks = [...new Set(all.map((e) => e.conversation))];
      const dropped = talks.filter((talk) => all.includes(this.#of(talk).findLast(isTurn)!)).length;
      return {
        reached: talks.length,
        went_on: talks.length - dropped,
        dropped,
        dropped_rate: share(dropped, talks.length),
      };
    });
  }

  #grouped<Item>(
    all: Item[],
    keyOf: (item: Item) => string,
    count: (items: Item[]) => Counted,
  ): Map<string, Counted> {
    const groups = new Map<string, Item[]>();
    for (const item of all) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
    return new Map([...groups].map(([key, items]) => [key, count(items)]));
  }
}

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const isTurn = (e: PlainEvent): boolean => e.type === 'turn.completed';
const isSpoken = (e: PlainEvent): boolean => e.type === 'message.created' && e.data['by'] !== 'contact';
const isTaking = (e: PlainEvent): boolean =>
  e.type === 'control.changed' && (e.data['to'] === 'operator' || e.data['to'] === 'desk');
const isWritten = (e: PlainEvent): boolean =>
  e.type === 'message.created' && e.data['by'] === 'operator' && e.data['actor'] !== undefined;
const isAsking = (e: PlainEvent): boolean =>
  e.type === 'handoff.requested' || (e.type === 'control.changed' && e.data['to'] === 'queue');
const isEnd = (e: PlainEvent): boolean =>
  e.type === 'session.ended' ||
  e.type === 'goal.reached' ||
  (e.type === 'conversation.updated' && e.data['state'] === 'closed');
const isOpinion = (e: PlainEvent): boolean => e.type === 'message.feedback';
const replaces = (later: PlainEvent, e: PlainEvent): boolean =>
  isOpinion(later) &&
  later.conversation === e.conversation &&
  later.seq > e.seq &&
  later.data['message'] === e.data['message'] &&
  (later.data['actor'] ?? later.data['by']) === (e.data['actor'] ?? e.data['by']);
