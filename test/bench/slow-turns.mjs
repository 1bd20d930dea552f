import { setTimeout as sleep } from 'node:timers/promises';
import { BotCore } from '#libs/bot';

// Loaded into a worker with `node --import`: every turn takes as long as a slow model. The product knows nothing of it.

const answer = Object.getOwnPropertyDescriptor(BotCore.prototype, 'answer').value;

BotCore.prototype.answer = async function (turn, live) {
  await sleep(Number(process.env.SLOW_TURN_MS), undefined, { signal: turn.signal });
  return answer.call(this, turn, live);
};
