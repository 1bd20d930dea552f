import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

/** A view that is loaded when it is first shown; until then, and where it cannot be loaded, there is nothing. */
export function lazy<Props extends object>(
  load: () => Promise<(props: Props) => JSX.Element | null>,
): (props: Props) => JSX.Element | null {
  let loaded: ((props: Props) => JSX.Element | null) | null = null;
  return function Lazy(props: Props) {
    const [View, setView] = useState(() => loaded);
    useEffect(() => {
      if (View) return;
      load().then(
        (view) => setView(() => (loaded = view)),
        () => undefined,
      );
    }, []);
    return View ? <View {...props} /> : null;
  };
}
