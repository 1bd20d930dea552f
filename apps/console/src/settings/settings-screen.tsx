import { Badge, Card, Group, Stack, Tabs, Text } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useMay, useWorkspace } from '../api/session.js';
import { CopyField } from '../parts/copy-field.js';
import { Page } from '../parts/page.js';
import { Hours } from './hours.js';
import { Keeping } from './keeping.js';
import { Labels } from './labels.js';
import { Me } from './me.js';
import { Replies } from './replies.js';
import { tabIn } from './tabs.js';
import { Team } from './team.js';
import { Visitors } from './visitors.js';

/** What belongs to the whole workspace, and which permission shows it. */
const houseTabs = [
  { name: 'replies', scope: 'conversations:read', Part: Replies },
  { name: 'labels', scope: 'conversations:read', Part: Labels },
  { name: 'retention', scope: 'retention:read', Part: Keeping },
  { name: 'visitors', scope: 'channels:read', Part: Visitors },
  { name: 'hours', scope: 'bots:read', Part: Hours },
] as const;

/** Settings of oneself, of the team, and of the workspace. */
export function SettingsScreen() {
  const { t } = useTranslation(['settings', 'house']);
  const { permissions } = useWorkspace();
  const { tab = 'me' } = useSearch({ from: '/frame/settings' });
  const navigate = useNavigate();
  const maySeeTeam = useMay('members:read');
  return (
    <Page title={t('title')}>
      <Tabs
        value={tab}
        keepMounted={false}
        onChange={(next) => void navigate({ to: '/settings', search: tabIn(next), replace: true })}
      >
        <Tabs.List mb="lg">
          <Tabs.Tab value="me">{t('tabs.me')}</Tabs.Tab>
          {maySeeTeam && <Tabs.Tab value="team">{t('tabs.team')}</Tabs.Tab>}
          <Tabs.Tab value="workspace">{t('tabs.workspace')}</Tabs.Tab>
          {houseTabs.map(
            ({ name, scope }) =>
              permissions.includes(scope) && (
                <Tabs.Tab key={name} value={name}>
                  {t(`house:tab.${name}`)}
                </Tabs.Tab>
              ),
          )}
        </Tabs.List>
        <Tabs.Panel value="me">
          <Me />
        </Tabs.Panel>
        <Tabs.Panel value="team">
          <Team />
        </Tabs.Panel>
        <Tabs.Panel value="workspace">
          <Workspace />
        </Tabs.Panel>
        {houseTabs.map(({ name, Part }) => (
          <Tabs.Panel key={name} value={name}>
            <Part />
          </Tabs.Panel>
        ))}
      </Tabs>
    </Page>
  );
}

function Workspace() {
  const { t } = useTranslation('settings');
  const { id, name, role, permissions } = useWorkspace();
  return (
    <Card>
      <Stack>
        <Text fw={600}>{name}</Text>
        <CopyField label={t('workspace.id')} value={id} />
        <Text size="sm">{t('workspace.role', { role })}</Text>
        <Text size="sm" fw={560}>
          {t('workspace.permissions')}
        </Text>
        <Group gap={4}>
          {permissions.map((scope) => (
            <Badge key={scope} color="gray" size="sm">
              {scope}
            </Badge>
          ))}
        </Group>
      </Stack>
    </Card>
  );
}
