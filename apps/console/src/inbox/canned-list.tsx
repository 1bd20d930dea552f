import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CannedReply } from '#libs/model';
import { allQuery } from '../api/lists.js';
import classes from './inbox.module.css';

const SHOWN = 7;

/** Kept replies that fit what was typed after a slash. */
export interface Canned {
  isOpen: boolean;
  fitting: readonly CannedReply[];
  active: number;
  activeId: string | undefined;
  /** Goes through them, and takes one. @returns whether the key was for them */
  onKey: (key: string, take: (reply: CannedReply) => void) => boolean;
}

/** The kept replies for a text: open while it is nothing but a slash and the beginning of a shortcut. */
export function useCanned(text: string): Canned {
  const typed = /^\/([\p{L}\p{N}_-]*)$/u.exec(text)?.[1]?.toLowerCase();
  const { data } = useQuery({ ...allQuery<CannedReply>('/v1/canned-replies'), enabled: typed !== undefined });
  const [active, setActive] = useState(0);
  useEffect(() => setActive(0), [typed]);
  const fitting =
    typed === undefined
      ? []
      : (data ?? [])
          .filter(
            ({ shortcut, title }) =>
              shortcut.toLowerCase().startsWith(typed) || title.toLowerCase().includes(typed),
          )
          .slice(0, SHOWN);
  const onKey = (key: string, take: (reply: CannedReply) => void): boolean => {
    const chosen = fitting[active];
    if (key === 'ArrowDown' || key === 'ArrowUp') {
      const step = key === 'ArrowDown' ? 1 : -1;
      setActive((at) => Math.max(0, Math.min(fitting.length - 1, at + step)));
      return true;
    }
    if ((key === 'Enter' || key === 'Tab') && chosen) {
      take(chosen);
      return true;
    }
    return false;
  };
  return { isOpen: typed !== undefined, fitting, active, activeId: fitting[active]?.id, onKey };
}

/** The list over the field. */
export function CannedList({ canned, onChoose }: { canned: Canned; onChoose: (reply: CannedReply) => void }) {
  const { t } = useTranslation('inbox');
  return (
    <div className={classes['canned']} role="listbox" id="canned-replies" aria-label={t('composer.canned')}>
      {canned.fitting.length === 0 && <p>{t('composer.noCanned')}</p>}
      {canned.fitting.map((reply, at) => (
        // The keys go through the list from the field.
        // oxlint-disable-next-line jsx-a11y/interactive-supports-focus, jsx-a11y/click-events-have-key-events
        <div
          key={reply.id}
          id={reply.id}
          role="option"
          aria-selected={at === canned.active}
          className={classes['cannedOne']}
          onMouseDown={(event) => {
            event.preventDefault();
            onChoose(reply);
          }}
        >
          <code>/{reply.shortcut}</code>
          <strong>{reply.title}</strong>
          <span>{reply.text}</span>
        </div>
      ))}
    </div>
  );
}
