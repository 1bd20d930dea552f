import { Copy } from './copy-field.js';
import classes from './copy-field.module.css';

/** Text as a machine wrote it, or is to read it; can be copied, and scrolled with the keys. */
export function CodeBlock({ code, label }: { code: string; label: string }) {
  return (
    <div className={classes['block']} dir="ltr">
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keys */}
      <pre tabIndex={0} aria-label={label} role="region">
        {code}
      </pre>
      <div className={classes['button']}>
        <Copy value={code} label={label} />
      </div>
    </div>
  );
}

/** JSON as people read it. */
export function prettyJson(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value, null, 2) ?? '';
  try {
    return JSON.stringify(JSON.parse(value), null, 2);
  } catch {
    return value;
  }
}
