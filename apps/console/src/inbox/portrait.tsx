import { initialsOf, hueOf } from './names.js';
import classes from './inbox.module.css';

/** Stands for a person: their letters on a colour of their own. */
export function Portrait({ name, of, isSmall = false }: { name: string; of: string; isSmall?: boolean }) {
  return (
    <span
      className={classes['portrait']}
      data-small={isSmall || undefined}
      style={{ '--hue': hueOf(of) } as React.CSSProperties}
      aria-hidden
    >
      {initialsOf(name)}
    </span>
  );
}
