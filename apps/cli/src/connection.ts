import { setTimeout as sleep } from 'node:timers/promises';
import { NotFoundError, type Shape } from '#libs/sdk';
import pc from 'picocolors';
import { renderUnicodeCompact } from 'uqr';
import type { Desk } from './desk.js';

const LOOK_MS = 500;
const LONGEST_MS = 5 * 60_000;
/** A worker takes a new channel up within its lease and a sweep. */
const TAKEN_UP_MS = 20_000;

/**
 * Shows QR codes as they come, until the channel is connected or nobody has scanned one for five minutes.
 *
 * On a terminal a code takes the place of the one before, which has gone stale.
 *
 * @returns whether it is connected
 */
export async function followConnection(desk: Desk, id: string): Promise<boolean> {
  const began = Date.now();
  let shown = '';
  for (; Date.now() - began < LONGEST_MS; await sleep(LOOK_MS)) {
    const connection = await lookAt(desk, id);
    if (connection === null) {
      if (Date.now() - began < TAKEN_UP_MS) continue;
      desk.note('Nothing holds a connection of this channel. Does a worker run?');
      return false;
    }
    const words = wordsOf(connection, desk.canAsk);
    if (words === shown) continue;
    if (desk.canAsk && shown !== '') desk.world.stdout.write(upOver(shown));
    desk.line(connection, words);
    shown = words;
    if (connection.state === 'open') return true;
  }
  desk.note(`It is not connected after five minutes. Try again: parley channels connect ${id}`);
  return false;
}

/** The connection; null while no worker has taken the channel up, or when this channel holds none. */
async function lookAt(desk: Desk, id: string): Promise<Shape<'ChannelConnection'> | null> {
  try {
    return await desk.parley.channels.connection(id);
  } catch (error) {
    if (error instanceof NotFoundError) return null;
    throw error;
  }
}

/** What a person has to do now, if anything. */
function wordsOf({ state, reason, set_up: setUp }: Shape<'ChannelConnection'>, isTerminal: boolean): string {
  if (setUp === null) return `${state} ${reason}`;
  if (setUp.kind === 'qr') return `${qr(setUp.value, isTerminal)}\n${reason}`;
  return setUp.kind === 'code' ? `Type this into the phone: ${setUp.value}` : `Open ${setUp.value}`;
}

/** A QR code: dark on light whatever the colours of the terminal are, because phones read no other. */
function qr(value: string, isTerminal: boolean): string {
  const drawn = renderUnicodeCompact(value, { border: 2 });
  if (!isTerminal || !pc.isColorSupported) return drawn;
  const lines = drawn.split('\n').map((line) => `\u001B[97;40m${line}\u001B[0m`);
  return lines.join('\n');
}

/** Moves to where a text began, and clears what is below. */
const upOver = (text: string): string => `\u001B[${text.split('\n').length}A\u001B[J`;
