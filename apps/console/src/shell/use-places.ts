import { useWorkspace } from '../api/session.js';
import { places, type Place } from './places.js';

export type { Place } from './places.js';

/** The places that the member may go to in this workspace. */
export function usePlaces(): Place[] {
  const { permissions } = useWorkspace();
  return places.filter(({ scope }) => scope === undefined || permissions.includes(scope));
}
