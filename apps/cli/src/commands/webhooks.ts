import { fault } from '#libs/faults';
import type { Action } from '../commands.js';

/** Lists endpoints. */
export const list: Action = (desk) =>
  desk.list(desk.parley.webhookEndpoints.list({ limit: 100 }), [
    ['id', ({ id }) => id],
    ['url', ({ url }) => url],
    ['state', ({ state }) => state],
    ['types', ({ types }) => (types.length === 0 ? 'all' : types.join(' '))],
  ]);

/** Lists deliveries. */
export const deliveries: Action = (desk, [endpoint]) =>
  desk.list(
    desk.parley.webhookEndpoints.deliveries(endpoint!),
    [
      ['id', ({ id }) => id],
      ['type', ({ type }) => type],
      ['status', ({ status }) => status],
    ],
    100,
  );

/** Sends a test event to an endpoint. */
export const test: Action = async (desk, [endpoint]) => {
  const delivery = await desk.parley.webhookEndpoints.test(endpoint!);
  desk.show(delivery, `${delivery.id} is on its way: parley webhooks deliveries ${endpoint!}`);
};

/** Sends again. */
export const replay: Action<{
  endpoint?: string;
  since?: string;
  all?: boolean;
  dryRun?: boolean;
}> = async (desk, [delivery], { endpoint, since, all, dryRun }) => {
  if (delivery !== undefined) {
    await desk.parley.webhookDeliveries.retry(delivery);
    return desk.show({ replayed: delivery }, `${delivery} is sent again.`);
  }
  if (endpoint === undefined || since === undefined) {
    throw fault('input/invalid', { detail: 'Name a delivery, or --endpoint and --since.' });
  }
  const body = { since, only_failed: all !== true, dry_run: dryRun === true };
  const found = await desk.parley.webhookEndpoints.recover(endpoint, body);
  desk.show(found, `${found.count} ${dryRun ? 'would be' : 'are'} sent again.`);
};
