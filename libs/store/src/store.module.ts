import { type DynamicModule, Inject, Injectable, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Database, type DatabaseOptions } from './database.js';

@Injectable()
class DatabaseCloser implements OnApplicationShutdown {
  constructor(@Inject(Database) private readonly database: Database) {}

  async onApplicationShutdown(): Promise<void> {
    await this.database.close();
  }
}

/**
 * Gives the whole app its `Database`. Global, because Nest ends global modules last: work in flight can still write
 * while everything else closes.
 */
@Module({})
export class StoreModule {
  static forRoot(options: DatabaseOptions): DynamicModule {
    return {
      module: StoreModule,
      global: true,
      providers: [{ provide: Database, useFactory: () => new Database(options) }, DatabaseCloser],
      exports: [Database],
    };
  }
}
