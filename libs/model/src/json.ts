import { z } from 'zod';
import type { Json, JsonObject } from './turn.js';

/**
 * Any JSON value. Not `z.json()`: what describes itself by itself has no type in TypeScript where the description of the API is
 * turned into types. What is inside of lists and objects came out of JSON and is JSON.
 */
export const jsonValue = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.null(),
  z.array(z.unknown()),
  z.record(z.string(), z.unknown()),
]) as unknown as z.ZodType<Json>;

/** Any JSON object. */
export const jsonObject = z.record(z.string(), jsonValue) as unknown as z.ZodType<JsonObject>;
