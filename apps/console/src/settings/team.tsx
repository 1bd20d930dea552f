import {
  Avatar,
  Badge,
  Button,
  Card,
  Group,
  Select,
  Skeleton,
  Stack,
  Text,
  TextInput,
  Title,
} from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../api/call.js';
import { fieldErrors } from '../api/problem.js';
import { allQuery } from '../api/lists.js';
import { useMay, useSession } from '../api/session.js';
import { useFormats } from '../i18n/format.js';
import { AskFirst } from '../parts/ask-first.js';
import { CopyField } from '../parts/copy-field.js';
import { ProblemNote } from '../parts/problem-note.js';

type Role = 'owner' | 'admin' | 'operator' | 'bot-author' | 'viewer' | 'custom';
const given: readonly Role[] = ['owner', 'admin', 'operator', 'bot-author', 'viewer'];

interface Member {
  id: string;
  email: string;
  name: string;
  role: Role;
}
interface Invitation {
  id: string;
  email: string;
  role: Role;
  expires_at: string;
}

/** Who belongs to the workspace, as what, and who is invited. */
export function Team() {
  const { t } = useTranslation('settings');
  const members = useQuery(allQuery<Member>('/v1/members'));
  const invitations = useQuery(allQuery<Invitation>('/v1/invitations'));
  const mayWrite = useMay('members:write');
  return (
    <Stack gap="xl">
      <section>
        <Title order={2} mb="sm">
          {t('team.members')}
        </Title>
        <ProblemNote error={members.error} onRetry={() => void members.refetch()} />
        {members.isLoading && <Skeleton height={120} radius="md" />}
        <Stack gap="xs">
          {members.data?.map((member) => (
            <MemberCard key={member.id} member={member} mayWrite={mayWrite} />
          ))}
        </Stack>
      </section>
      {mayWrite && <Invite />}
      {(invitations.data?.length ?? 0) > 0 && (
        <section>
          <Title order={2} mb="sm">
            {t('team.invitations')}
          </Title>
          <Stack gap="xs">
            {invitations.data?.map((invitation) => (
              <Invited key={invitation.id} invitation={invitation} mayWrite={mayWrite} />
            ))}
          </Stack>
        </section>
      )}
    </Stack>
  );
}

function MemberCard({ member, mayWrite }: { member: Member; mayWrite: boolean }) {
  const { t } = useTranslation('settings');
  const me = useSession().member;
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries({ queryKey: ['/v1/members'] });
  const change = useMutation({
    mutationFn: (role: string) => call('PATCH', `/v1/members/${member.id}`, { body: { role } }),
    onSettled: refresh,
  });
  const roles = member.role === 'custom' ? [...given, 'custom' as const] : given;
  return (
    <Card padding="sm">
      <Group justify="space-between" gap="sm">
        <Group gap="sm" wrap="nowrap">
          <Avatar name={member.name} color="green" radius="xl" alt="" />
          <div>
            <Group gap={6}>
              <Text fw={560}>{member.name}</Text>
              {member.id === me.id && <Badge>{t('team.you')}</Badge>}
            </Group>
            <Text size="sm" c="dimmed">
              {member.email}
            </Text>
          </div>
        </Group>
        <Group gap="xs">
          <Select
            aria-label={t('team.roleOf', { name: member.name })}
            disabled={!mayWrite}
            allowDeselect={false}
            w={250}
            data={roles.map((role) => ({ value: role, label: t(`team.roles.${role}`) }))}
            value={member.role}
            onChange={(role) => role && change.mutate(role)}
          />
          {mayWrite && member.id !== me.id && (
            <AskFirst
              variant="subtle"
              color="red"
              label={t('team.remove')}
              text={t('team.removeText')}
              work={() => call('DELETE', `/v1/members/${member.id}`).then(refresh)}
            />
          )}
        </Group>
      </Group>
      <ProblemNote error={change.error} />
    </Card>
  );
}

function Invite() {
  const { t } = useTranslation('settings');
  const client = useQueryClient();
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<string>('operator');
  const invite = useMutation({
    mutationFn: () => call<{ link: string }>('POST', '/v1/invitations', { body: { email, role } }),
    onSuccess: () => {
      setEmail('');
      void client.invalidateQueries({ queryKey: ['/v1/invitations'] });
    },
  });
  return (
    <Card
      component="form"
      onSubmit={(event) => {
        event.preventDefault();
        invite.mutate();
      }}
    >
      <Title order={2} mb="md">
        {t('team.invite')}
      </Title>
      <Stack>
        <Group align="flex-end">
          <TextInput
            label={t('team.email')}
            type="email"
            required
            value={email}
            error={fieldErrors(invite.error)['email']}
            onChange={(event) => setEmail(event.currentTarget.value)}
            style={{ flex: '1 1 14rem' }}
          />
          <Select
            label={t('team.role')}
            allowDeselect={false}
            w={250}
            data={given.map((each) => ({ value: each, label: t(`team.roles.${each}`) }))}
            value={role}
            onChange={(chosen) => setRole(chosen ?? 'operator')}
          />
          <Button type="submit" loading={invite.isPending}>
            {t('team.sendIt')}
          </Button>
        </Group>
        <ProblemNote error={invite.error} />
        {invite.data && (
          <CopyField label={t('team.link')} hint={t('team.linkHint')} value={invite.data.link} />
        )}
      </Stack>
    </Card>
  );
}

function Invited({ invitation, mayWrite }: { invitation: Invitation; mayWrite: boolean }) {
  const { t } = useTranslation('settings');
  const { moment } = useFormats();
  const client = useQueryClient();
  const { id, email, role, expires_at: until } = invitation;
  return (
    <Card padding="sm">
      <Group justify="space-between">
        <Text>
          {email} · {role} · {t('team.until', { when: moment(until) })}
        </Text>
        {mayWrite && (
          <AskFirst
            size="xs"
            variant="subtle"
            color="red"
            label={t('team.withdraw')}
            text={email}
            work={() =>
              call('DELETE', `/v1/invitations/${id}`).then(() =>
                client.invalidateQueries({ queryKey: ['/v1/invitations'] }),
              )
            }
          />
        )}
      </Group>
    </Card>
  );
}
