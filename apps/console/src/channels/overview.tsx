import { Alert, Stack } from '@mantine/core';
import { IconPlayerPause } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Channel, ChannelGlance, ChannelType } from '#libs/model';
import { useMay } from '../api/session.js';
import { Checklist } from './checklist.js';
import { Steps } from './create-screen.js';
import { ProviderSide } from './provider-side.js';
import { Snippet } from './snippet.js';
import { TryIt } from './try-it.js';
import classes from './channels.module.css';

/** What stands and what is still to do; what to enter at the provider; ways to try it. */
export function Overview(props: {
  channel: Channel;
  kind: ChannelType | undefined;
  glance: ChannelGlance | null;
}) {
  const { channel, kind, glance } = props;
  const { t } = useTranslation('channels');
  const mayWrite = useMay('channels:write');
  const can = kind?.capabilities ?? {};
  return (
    <div className={classes['two']}>
      <Stack>
        {channel.state === 'paused' && (
          <Alert color="yellow" icon={<IconPlayerPause size={20} aria-hidden />}>
            {t('pausedNote')}
          </Alert>
        )}
        {mayWrite && <ProviderSide channel={channel} can={can} connection={glance?.connection ?? null} />}
        {can['visitors'] && <Snippet channelId={channel.id} />}
        {mayWrite && <TryIt channel={channel} can={can} />}
      </Stack>
      <Stack>
        <Checklist channel={channel} can={can} glance={glance} />
        {kind && <Steps steps={kind.steps} />}
      </Stack>
    </div>
  );
}
