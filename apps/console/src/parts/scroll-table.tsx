import type { ReactNode } from 'react';
import classes from './scroll-table.module.css';

/** Around a table that may be wider than the screen: it scrolls sideways, by the keys too. */
export function ScrollTable(props: { label: string; minWidth: number; children: ReactNode }) {
  const { label, minWidth, children } = props;
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keys
    <div className={classes['scroll']} role="region" aria-label={label} tabIndex={0}>
      <div style={{ minWidth }}>{children}</div>
    </div>
  );
}
