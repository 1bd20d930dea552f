import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import * as glue from '@prisma/schema-engine-wasm/schema_engine_bg';

/** The part of the global WebAssembly that is used here; Node's types for it need the browser's. */
interface Assembly {
  instantiate(
    code: Uint8Array,
    imports: object,
  ): Promise<{ instance: { exports: { __wbindgen_start(): void } } }>;
}

/** Prisma's schema engine with its class `SchemaEngine`. */
export type EngineModule = typeof glue;

let loaded: Promise<EngineModule> | undefined;

/**
 * Loads the schema engine of exactly this Prisma release, compiled to WebAssembly: migrations need no download.
 *
 * Loaded once per process; the first call takes about 100 ms.
 */
export function loadEngine(): Promise<EngineModule> {
  return (loaded ??= instantiate());
}

async function instantiate(): Promise<EngineModule> {
  const door = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm');
  const code = readFileSync(path.join(path.dirname(door), 'schema_engine_bg.wasm'));
  const { WebAssembly } = globalThis as unknown as { WebAssembly: Assembly };
  const { instance } = await WebAssembly.instantiate(code, { './schema_engine_bg.js': withQuietTimers() });
  glue.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  return glue;
}

/**
 * The engine never clears its timer for the advisory lock (10 s): it must not keep a process that is done from ending.
 * While the engine works, its connection does that.
 */
function withQuietTimers(): object {
  const entries = Object.entries(glue).map(([name, value]) => {
    if (!name.startsWith('__wbg_setTimeout_')) return [name, value] as const;
    const setTimer = value as unknown as (callback: () => void, ms: number) => NodeJS.Timeout;
    return [name, (callback: () => void, ms: number) => setTimer(callback, ms).unref()] as const;
  });
  return Object.fromEntries(entries);
}
