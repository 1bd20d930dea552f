import { Injectable } from '@nestjs/common';
import { Database } from '../database.js';

/** What waits to be done, in the whole installation. */
@Injectable()
export class Backlog {
  constructor(private readonly database: Database) {}

  /**
   * Since when the oldest piece of work is due that nobody takes; null while nothing is more than a minute late.
   *
   * @throws Fault `store/unavailable`
   */
  async waitingSince(): Promise<Date | null> {
    const [row] = await this.database.run<{ since: Date | null }>(
      'work-waiting-since',
      'select work_waiting_since() as since',
      [],
    );
    return row?.since ?? null;
  }
}
