import { type DatabaseLook, type Waiting } from '#libs/store';
import { type Finding, sizeOf, warning, well, wrong } from './finding.js';

const CLOCK_MS = 2_000;
const SLOW_MS = 20;
/** Seconds: sweepers look every second or two, so what waits longer waits for somebody. */
const LATE_S: Readonly<Record<Waiting['kind'], number>> = { mailbox: 30, delivery: 120, webhook: 120 };
const STUCK_S = 600;

/** What stands in a database, in words. */
export function ofDatabase(look: DatabaseLook, connectionsWanted: number): Finding[] {
  return [
    ofServer(look),
    ofDurability(look.durability),
    ofClock(look.clockAheadMs),
    ofConnections(look, connectionsWanted),
    ...look.waiting.map(ofWaiting),
  ];
}

function ofServer({ version, encoding, latencyMs, sizeBytes }: DatabaseLook): Finding {
  const words = `PostgreSQL ${version}, ${sizeOf(sizeBytes)}, answers in ${latencyMs.toFixed(1)} ms.`;
  if (encoding !== 'UTF8') {
    const action = 'Create the database anew with ENCODING UTF8, and restore it there.';
    return wrong('database', `${words} Its encoding is ${encoding}: messages in other scripts fail.`, action);
  }
  if (latencyMs <= SLOW_MS) return well('database', words);
  return warning(
    'database',
    `${words} Every message takes several round trips.`,
    'Move it nearer to gateway and worker, or look at what keeps it busy.',
  );
}

/** A message is acknowledged when it is committed: that is a promise only while commits survive. */
function ofDurability(settings: DatabaseLook['durability']): Finding {
  const off = Object.entries(settings).filter(([, value]) => value === 'off');
  if (off.length === 0) return well('durability', 'What is committed survives a crash.');
  const names = off.map(([name]) => `${name} = off`).join(', ');
  return wrong(
    'durability',
    `${names}: a crash can lose what was acknowledged.`,
    `Set ${off.map(([name]) => `${name} = on`).join(', ')} in postgresql.conf and restart PostgreSQL.`,
  );
}

function ofClock(aheadMs: number): Finding {
  const seconds = (aheadMs / 1_000).toFixed(1);
  if (Math.abs(aheadMs) <= CLOCK_MS) return well('database clock', `${seconds} s ahead of this machine.`);
  return wrong(
    'database clock',
    `It is ${seconds} s ahead of this machine: leases, schedules and signatures go by both.`,
    'Set both clocks by NTP (timedatectl set-ntp true).',
  );
}

function ofConnections({ connectionsMax, connectionsUsed }: DatabaseLook, wanted: number): Finding {
  const words = `${connectionsUsed} of ${connectionsMax} are open; a gateway and a worker open up to ${wanted}.`;
  const action = 'Raise max_connections, or lower PARLEY_DATABASE_POOL and PARLEY_WORKER_TURNS.';
  if (wanted > connectionsMax) return wrong('connections', words, action);
  return connectionsUsed > connectionsMax * 0.9
    ? warning('connections', words, action)
    : well('connections', words);
}

const names: Readonly<Record<Waiting['kind'], [what: string, action: string]>> = {
  mailbox: [
    'waiting messages',
    'See whether a worker runs; if it does, raise PARLEY_WORKER_TURNS or add one.',
  ],
  delivery: [
    'waiting sends',
    'See "parley channels list" for a provider that is away or slows us down, and whether a worker runs.',
  ],
  webhook: [
    'waiting webhooks',
    'See "parley webhooks list" for a receiver that fails, and whether a worker runs.',
  ],
};

/** How far the workers are behind. */
function ofWaiting({ kind, count, oldestSeconds }: Waiting): Finding {
  const [what, action] = names[kind];
  if (count === 0) return well(what, 'none');
  const words = `${count === 1_000 ? '1,000 or more' : count}, the oldest for ${Math.round(oldestSeconds)} s.`;
  if (oldestSeconds > STUCK_S) return wrong(what, words, action);
  return oldestSeconds > LATE_S[kind] ? warning(what, words, action) : well(what, words);
}
