import { furnished } from './archive.mjs';
import { spreadOf } from './numbers.mjs';
import { cpuMs, withChildren } from './processes.mjs';
import { inTurns, using } from './rig.mjs';

/** Enough to keep one gateway busy; more would only wait, for connections too. */
const IN_FLIGHT = 16;
const none = { PARLEY_LIMIT_KEY: 'none', PARLEY_LIMIT_WORKSPACE: 'none' };
/** Never reached: what is measured is the counting. */
const wide = { PARLEY_LIMIT_KEY: '900000000/1s', PARLEY_LIMIT_WORKSPACE: '900000000/1s' };

/** What counting costs a request: the same route of two gateways over one database, one that counts and one that does not. */
export async function limits({ house, backend, length, profile }) {
  const tenant = await furnished(house, 0);
  const gateways = [];
  for (const limit of [none, wide]) {
    gateways.push(await house.startGateway(tenant, { env: { ...backend.env, ...limit }, ...profile }));
  }
  return using(gateways, async () => {
    const at = (inFlight) => (gateway) => (mayRefuse) =>
      drive(house, gateway, tenant.key, inFlight, length.seconds, mayRefuse);
    for (const gateway of gateways) await untilAllAnswered(at(IN_FLIGHT)(gateway));
    const [without, counted] = await inTurns(length.rounds, gateways.map(at(IN_FLIGHT)));
    const [withoutAlone, countedAlone] = await inTurns(length.rounds, gateways.map(at(1)));
    const beside = 'the same without limits';
    const what = `GET /v1/retention, ${IN_FLIGHT} in flight`;
    const row = (name, unit, ours, floor) => ({ what: name, unit, ours, floor, beside });
    return [
      row(what, 'requests/s', counted.perSecond, without.perSecond),
      row(`${what}: p50`, 'ms', counted.endP50, without.endP50),
      row(`${what}: processor time`, 'µs', counted.cpuUs, without.cpuUs),
      row('GET /v1/retention, one at a time: p50', 'ms', countedAlone.endP50, withoutAlone.endP50),
      row('GET /v1/retention, one at a time: processor time', 'µs', countedAlone.cpuUs, withoutAlone.cpuUs),
    ];
  });
}

/** Most refusals, of all answers of a round, with which the round counts: the others were waits for a crowded machine. */
const REFUSED_MAX = 0.01;

/** Warms up: a process that has just begun, on a machine that others use, may refuse some of the first crowd. */
async function untilAllAnswered(round) {
  for (let tries = 0; tries < 10; tries++) {
    if ((await round(true)).refused === 0) return;
  }
}

/** So many at once for so long; processor time is that of the gateway and of PostgreSQL, for one request. */
async function drive(house, gateway, key, inFlight, seconds, mayRefuse = false) {
  const url = `${new URL(gateway.url).origin}/v1/retention`;
  const headers = { authorization: `Bearer ${key}` };
  const pids = () => [gateway.pid, ...withChildren(house.postgresPid)];
  const took = [];
  let refused = 0;
  const before = cpuMs(pids());
  const start = performance.now();
  const until = start + seconds * 1_000;
  const one = async () => {
    while (performance.now() < until) {
      const asked = performance.now();
      const answer = await fetch(url, { headers });
      await answer.arrayBuffer();
      if (answer.status === 200) took.push(performance.now() - asked);
      else if (answer.status === 503) refused++;
      else throw new Error(`The gateway answered ${answer.status}.`);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, one));
  if (!mayRefuse && refused > REFUSED_MAX * (took.length + refused))
    throw new Error(
      `The gateway answered ${took.length} requests, and ${refused} with 503: the machine is too busy.`,
    );
  const passedMs = performance.now() - start;
  const times = spreadOf(took);
  return {
    perSecond: (took.length * 1_000) / passedMs,
    cpuUs: ((cpuMs(pids()) - before) * 1_000) / took.length,
    refused,
    ack: times,
    end: times,
  };
}
