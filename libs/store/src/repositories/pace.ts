import { uuidOf, type WorkspaceId } from '#libs/model';
import type { WorkspaceTransaction } from '../database.js';

/** Calls per second, and how many at once after a rest. */
export interface Rate {
  ratePerSecond: number;
  burst: number;
}

/** How fast a provider account may be called; an absent rate is no limit. */
export interface ChannelPacing {
  account: string;
  perAccount?: Rate | undefined;
  perDestination?: Rate | undefined;
}

/** Writes the rates of an account; when its next call is due, and its pauses, stay. */
export async function upsertPace(
  tx: WorkspaceTransaction,
  workspaceId: WorkspaceId,
  { account, perAccount, perDestination }: ChannelPacing,
): Promise<void> {
  const rates = {
    intervalUs: intervalUs(perAccount),
    burst: perAccount?.burst ?? 1,
    destinationUs: intervalUs(perDestination),
    destinationBurst: perDestination?.burst ?? 1,
  };
  const key = { workspaceId: uuidOf(workspaceId), key: `account:${account}` };
  await tx.pace.upsert({ where: { workspaceId_key: key }, create: { ...key, ...rates }, update: rates });
}

/** Microseconds between two calls, at least 1; null without a limit. */
function intervalUs(rate: Rate | undefined): number | null {
  return rate ? Math.max(1, Math.round(1_000_000 / rate.ratePerSecond)) : null;
}
