import type { Bot, Channel, ChannelActivity, ChannelType } from '#libs/model';
import { allQuery, oneQuery } from '../api/lists.js';

/** All channels of the workspace, the oldest first. */
export const channelsQuery = allQuery<Channel>('/v1/channels');

/** All kinds of channels that this installation knows. */
export const kindsQuery = {
  ...allQuery<ChannelType>('/v1/channel-types', { limit: null, order: null }),
  staleTime: Infinity,
};

/** All bots of the workspace. */
export const botsQuery = allQuery<Bot>('/v1/bots');

/** One channel. */
export const channelQuery = (id: string) => oneQuery<Channel>(`/v1/channels/${id}`);

/** What lately happened on one channel. */
export const activityQuery = (id: string) => oneQuery<ChannelActivity>(`/v1/channels/${id}/activity`);
