import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

type View<Props> = (props: Props) => JSX.Element | null;

/** By then the window is drawn and its conversation is there. */
const CALM_MS = 3_000;
const lazies: (() => Promise<unknown>)[] = [];

/** A view that is loaded when it is first shown; until then, and where it cannot be loaded, there is nothing. */
export function lazy<Props extends object>(load: () => Promise<View<Props>>): View<Props> {
  let loaded: View<Props> | null = null;
  const fetched = async (): Promise<View<Props>> => (loaded ??= await load());
  lazies.push(fetched);
  return function Lazy(props: Props) {
    const [Shown, setShown] = useState(() => loaded);
    useEffect(() => {
      if (Shown) return;
      fetched().then(
        (view) => setShown(() => view),
        () => undefined,
      );
    }, []);
    return Shown ? <Shown {...props} /> : null;
  };
}

/** Loads all of them once there is nothing more urgent: a line that is cut later hides none. */
export function loadLazies(): () => void {
  const timer = setTimeout(() => {
    for (const load of lazies) load().catch(() => undefined);
  }, CALM_MS);
  return () => clearTimeout(timer);
}
