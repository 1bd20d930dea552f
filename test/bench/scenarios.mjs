import { setTimeout as sleep } from 'node:timers/promises';
import { memoryMb, withChildren } from './processes.mjs';
import { webhooks } from './webhooks.mjs';
import { allRecorded, base, costed, IN_FLIGHT, inTurns, using, warmUp } from './rig.mjs';

// Each scenario measures Parley and its floor in turns, in the same minute, and returns rows of the table:
// `{ what, unit, ours, floor, beside }`, where `beside` says what the floor is. Without a floor there is no ratio.

/** How fast and how soon the gateway says thank you, nobody working behind it. */
async function ack({ house, backend, length, profile }) {
  const tenant = await house.tenant();
  const gateway = await house.startGateway(tenant, { env: backend.env, ...profile });
  const floor = await house.startFloor(tenant);
  return using([gateway, floor], async () => {
    const orders = [`${floor.url}/bare`, `${floor.url}/stored`, gateway.url].map((url) => ({
      ...base(tenant, length),
      url,
      waitFor: 'ack',
    }));
    await warmUp(house, tenant, orders, length);
    const runs = orders.map((order, at) => () => house.drive({ ...order, run: `a${at}` }));
    const [bare, stored, ours] = await inTurns(length.rounds, runs);
    const slowly = orders.map(({ inFlight: _, ...order }, at) => {
      return () => house.drive({ ...order, rate: 100, seconds: length.rateSeconds, run: `b${at}` });
    });
    const [bareAt, storedAt, oursAt] = await inTurns(1, slowly);
    const beside = 'bare Fastify';
    const stores = 'Fastify, signature, one group commit';
    const what = `acknowledged, ${IN_FLIGHT} in flight`;
    return [
      { what, unit: 'requests/s', ours: ours.perSecond, floor: bare.perSecond, beside },
      { what, unit: 'requests/s', ours: ours.perSecond, floor: stored.perSecond, beside: stores },
      { what: `${what}: p50`, unit: 'ms', ours: ours.ackP50, floor: stored.ackP50, beside: stores },
      { what: `${what}: p99`, unit: 'ms', ours: ours.ackP99, floor: stored.ackP99, beside: stores },
      {
        what: 'acknowledged at 100/s: p50',
        unit: 'ms',
        ours: oursAt.ackP50,
        floor: storedAt.ackP50,
        beside: stores,
      },
      {
        what: 'acknowledged at 100/s: p99',
        unit: 'ms',
        ours: oursAt.ackP99,
        floor: storedAt.ackP99,
        beside: stores,
      },
      { what: 'acknowledged at 100/s: p99', unit: 'ms', ours: oursAt.ackP99, floor: bareAt.ackP99, beside },
    ];
  });
}

/** Messages all the way: acknowledged, answered, taken by the provider, recorded; and what they cost. */
async function durable({ house, backend, length, profile }) {
  const tenant = await house.tenant();
  const gateway = await house.startGateway(tenant, { env: backend.env, ...profile });
  const worker = await house.startWorker(tenant, { env: backend.env, ...profile });
  const floor = await house.startFloor(tenant);
  return using([gateway, worker, floor], async () => {
    const beside = 'minimal durable pipeline';
    const orders = [`${floor.url}/pipeline`, gateway.url].map((url) => ({
      ...base(tenant, length),
      url,
      waitFor: 'reply',
    }));
    await sleep(length.warmUpSeconds * 1_000);
    const idle = { gateway: memoryMb(gateway.pid), worker: memoryMb(worker.pid) };
    await warmUp(house, tenant, orders, length);
    const pids = {
      gateway: [gateway.pid],
      worker: [worker.pid],
      floor: [floor.pid],
      postgres: () => withChildren(house.postgresPid),
      redis: backend.pid ? [backend.pid] : [],
    };
    const runs = orders.map(
      (order, at) => () => costed(pids, () => house.drive({ ...order, run: `d${at}` })),
    );
    const [least, ours] = await inTurns(length.rounds, runs);
    const fresh = orders.map((order, at) => () => house.drive({ ...order, threads: 0, run: `n${at}` }));
    const [leastFresh, oursFresh] = await inTurns(1, fresh);
    const loaded = { gateway: memoryMb(gateway.pid), worker: memoryMb(worker.pid) };
    const rates = [];
    for (const rate of [50, 100]) {
      const timed = orders.map(({ inFlight: _, ...order }, at) => {
        return () => house.drive({ ...order, rate, seconds: length.rateSeconds, run: `r${rate}${at}` });
      });
      const [leastAt, oursAt] = await inTurns(1, timed);
      for (const [p, name] of [
        ['endP50', 'p50'],
        ['endP99', 'p99'],
      ])
        rates.push({
          what: `end to end at ${rate}/s: ${name}`,
          unit: 'ms',
          ours: oursAt[p],
          floor: leastAt[p],
          beside,
        });
      rates.push({
        what: `acknowledged at ${rate}/s, worker at work: p99`,
        unit: 'ms',
        ours: oursAt.ackP99,
        floor: leastAt.ackP99,
        beside,
      });
    }
    await allRecorded(tenant);
    const what = `end to end, ${IN_FLIGHT} in flight`;
    const cost = (name, floor) => ({
      what: `processor time of ${name}`,
      unit: 'µs a message',
      ours: ours[name],
      ...(floor && { floor: least[floor], beside }),
    });
    return [
      { what, unit: 'messages/s', ours: ours.perSecond, floor: least.perSecond, beside },
      { what: `${what}: p50`, unit: 'ms', ours: ours.endP50, floor: least.endP50, beside },
      { what: `${what}: p99`, unit: 'ms', ours: ours.endP99, floor: least.endP99, beside },
      {
        what: 'the same, a new conversation each',
        unit: 'messages/s',
        ours: oursFresh.perSecond,
        floor: leastFresh.perSecond,
        beside,
      },
      ...rates,
      { ...cost('gateway'), floor: least.floor, beside: 'its one process' },
      cost('worker'),
      cost('postgres', 'postgres'),
      ...(backend.pid ? [cost('redis')] : []),
      {
        what: 'processor time of the load generator',
        unit: 'µs a message',
        ours: ours.cpuUs,
        floor: least.cpuUs,
        beside,
      },
      ...['gateway', 'worker'].flatMap((name) => [
        { what: `memory of the ${name}, idle`, unit: 'MB', ours: idle[name] },
        { what: `memory of the ${name}, after the load`, unit: 'MB', ours: loaded[name] },
      ]),
    ];
  });
}

/** How soon the gateway says thank you while every turn of the bot takes half a minute, and every worker's hands are full. */
async function slow({ house, backend, length, profile }) {
  const tenant = await house.tenant();
  const gateway = await house.startGateway(tenant, { env: backend.env, ...profile });
  const worker = await house.startWorker(tenant, {
    env: { ...backend.env, SLOW_TURN_MS: String(length.slowMs) },
    execArgv: ['--import', new URL('slow-turns.mjs', import.meta.url).href],
  });
  const floor = await house.startFloor(tenant);
  return using([gateway, worker, floor], async () => {
    const orders = [`${floor.url}/stored`, gateway.url].map((url) => {
      const { inFlight: _, ...order } = base(tenant, length);
      return { ...order, url, waitFor: 'ack', rate: 100 };
    });
    await warmUp(house, tenant, orders, length);
    const runs = orders.map((order, at) => {
      return () => house.drive({ ...order, seconds: length.rateSeconds, run: `s${at}` });
    });
    const [stored, ours] = await inTurns(1, runs);
    const what = `acknowledged at 100/s, turns of ${length.slowMs / 1_000} s`;
    const beside = 'Fastify, signature, one group commit';
    return [
      { what: `${what}: p50`, unit: 'ms', ours: ours.ackP50, floor: stored.ackP50, beside },
      { what: `${what}: p99`, unit: 'ms', ours: ours.ackP99, floor: stored.ackP99, beside },
    ];
  });
}

/** By the name that `--only` takes, in the order in which they run. */
export const scenarios = { ack, durable, slow, webhooks };
