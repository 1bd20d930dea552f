import { Injectable } from '@nestjs/common';
import type { Json } from '#libs/model';
import { Prisma } from '#prisma/client';
import { Database } from '../database.js';
import { storeFault } from '../store-fault.js';

/** Facts of the installation, by key; they belong to no workspace and hold no customer data. */
@Injectable()
export class Instance {
  constructor(private readonly database: Database) {}

  /** @returns null when nothing is known under the key */
  async get(key: string): Promise<Json> {
    const row = await this.#guard(() => this.database.instance.findUnique({ where: { key } }));
    return (row?.value ?? null) as Json;
  }

  /** Remembers a fact, in place of an earlier one. */
  async set(key: string, fact: Json): Promise<void> {
    const value = fact === null ? Prisma.JsonNull : (fact as Prisma.InputJsonValue);
    await this.#guard(() =>
      this.database.instance.upsert({ where: { key }, create: { key, value }, update: { value } }),
    );
  }

  async #guard<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw storeFault(error);
    }
  }
}
