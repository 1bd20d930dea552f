// Loaded into every process of a chaos run with `node --import ./test/support/chaos-hook.mjs`; nothing that is deployed
// loads it. What it can do is what a chaos run cannot cause from outside:
// - a turn over a message that says "poison" throws, as a bug would that one message brings out;
// - PARLEY_CHAOS_CLOCK_MS sets the clock of this process wrong by so many milliseconds;
// - PARLEY_CRASH_POINT: see crash-hook.mjs.
import './crash-hook.mjs';
import { BotCore } from '#libs/bot';

const { answer } = BotCore.prototype; // eslint-disable-line typescript/unbound-method -- called on a core below
BotCore.prototype.answer = function (turn, live) {
  if (JSON.stringify(turn.messages).includes('poison')) {
    return Promise.reject(new TypeError('a message that brings out a bug'));
  }
  return answer.call(this, turn, live);
};

const offsetMs = Number(process.env.PARLEY_CHAOS_CLOCK_MS ?? 0);
if (offsetMs !== 0) {
  const { now } = Date;
  const RightDate = Date;
  class WrongDate extends RightDate {
    constructor(...given) {
      if (given.length === 0) super(now() + offsetMs);
      else super(...given);
    }
    static now() {
      return now() + offsetMs;
    }
  }
  globalThis.Date = WrongDate;
}

// On a machine with more to do than it has processors, a process that keeps its own promises may still be late. It says
// when it got no processor; when it was busy itself, and nobody else got a turn, it says nothing.
const LOOK_EVERY_MS = 25;
const STALL_MS = 100;
let last = { at: Date.now() - offsetMs, cpu: process.cpuUsage() };
setInterval(() => {
  const now = { at: Date.now() - offsetMs, cpu: process.cpuUsage() };
  const lateMs = now.at - last.at - LOOK_EVERY_MS;
  const workedMs = (now.cpu.user + now.cpu.system - last.cpu.user - last.cpu.system) / 1_000;
  if (lateMs > STALL_MS && workedMs < lateMs / 2) process.send?.({ stall: { from: last.at, to: now.at } });
  last = now;
}, LOOK_EVERY_MS).unref();
