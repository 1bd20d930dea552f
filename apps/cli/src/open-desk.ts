import { Parley } from '#libs/sdk';
import { Desk } from './desk.js';
import { whereTo } from './profiles.js';
import type { Globals, World } from './world.js';

/**
 * Prepares what a command works with.
 *
 * @param isOpen  whether it works without a key too
 * @throws Fault `input/invalid` when a key is needed and there is none
 */
export function openDesk(world: World, globals: Globals, isOpen: boolean): Desk {
  return new Desk(new Parley({ ...settled(world, globals, isOpen), maxRetries: 3 }), world, globals);
}

function settled(world: World, globals: Globals, isOpen: boolean): { baseUrl: string; apiKey?: string } {
  if (!isOpen) return whereTo(world, globals);
  try {
    return whereTo(world, globals);
  } catch {
    return { baseUrl: globals.url ?? world.env['PARLEY_URL'] ?? 'http://127.0.0.1:3000' };
  }
}
