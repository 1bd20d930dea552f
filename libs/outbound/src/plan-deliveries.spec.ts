import { newId } from '#libs/model';
import type { LoadedChannel } from '#libs/store';
import { describe, expect, it } from 'vitest';
import { planDeliveries } from './plan-deliveries.js';

function channel(connector: string, settings: LoadedChannel['settings']): LoadedChannel {
  const ids = { workspaceId: newId('workspace'), channelId: newId('channel'), botId: null };
  return {
    ...ids,
    connector,
    name: connector,
    settings,
    state: 'active',
    version: 1,
    fallbackChannelIds: [],
  };
}
const to = { thread: 'C1:1795240799.000200', address: { kind: 'slack', value: 'U1' } };

describe('planned deliveries', () => {
  it('are paced by the person, unless the connector knows what is shared', () => {
    const content = [{ type: 'text' as const, text: 'Hello' }];
    const destinationOf = (at: LoadedChannel): string[] =>
      planDeliveries(at, to, content).deliveries.map(({ destination }) => destination);
    expect(destinationOf(channel('webhook', { url: 'https://a.example/', text_max: 4_096 }))).toEqual(['U1']);
    expect(destinationOf(channel('slack', {}))).toEqual(['C1']);
  });
});
