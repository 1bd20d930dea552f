import { Button } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { lookNow, useConnection } from '../api/connection.js';
import classes from './shell.module.css';

/** Says that the server does not answer, and goes away by itself when it does. */
export function ConnectionNote() {
  const { t } = useTranslation();
  const { isLost } = useConnection();
  return (
    <div role="status">
      {isLost && (
        <div className={classes['lost']}>
          <IconPlugConnectedX size={18} aria-hidden />
          <strong>{t('connection.lost')}</strong>
          <span>{t('connection.keeps')}</span>
          <Button size="compact-sm" variant="default" onClick={() => void lookNow()}>
            {t('connection.retry')}
          </Button>
        </div>
      )}
    </div>
  );
}
