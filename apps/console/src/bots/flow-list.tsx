import { Button, Card, Group, Stack, Text, TextInput } from '@mantine/core';
import { IconPlus, IconSitemap } from '@tabler/icons-react';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { AskFirst } from '../parts/ask-first.js';
import { Empty } from '../parts/empty.js';
import type { PartProps } from './part-props.js';
import { problemsAt } from './problems.js';
import { freeId } from './say-field.js';

/** The flows of a bot; each opens in the editor. */
export function FlowList({ botId, draft, definition }: PartProps) {
  const { t } = useTranslation(['bots', 'shell']);
  const [title, setTitle] = useState('');
  const navigate = useNavigate();
  const flows = definition.flows ?? [];
  const add = () => {
    const id = freeId(title, new Set(flows.map((flow) => flow.id)));
    const first = { type: 'say' as const, content: [{ type: 'text' as const, text: title }] };
    const flow = {
      schema: 1 as const,
      id,
      title,
      start: 'start',
      nodes: { start: first },
      digressions: 'allowed' as const,
    };
    draft.change({ ...definition, flows: [...flows, flow] });
    void navigate({ to: '/bots/$botId/flows/$flowId', params: { botId, flowId: id } });
  };
  return (
    <Stack>
      {flows.length === 0 && (
        <Empty icon={IconSitemap} title={t('flows.empty')} text={t('flows.emptyText')} />
      )}
      {flows.map(({ id, title: name, nodes }, at) => (
        <Card key={id}>
          <Group justify="space-between">
            <div>
              <Text fw={600}>{name}</Text>
              <Text size="sm" c="dimmed">
                {t('flows.nodes', { count: Object.keys(nodes).length })}
              </Text>
              {problemsAt(draft.problems, `/flows/${at}`)
                .slice(0, 2)
                .map(({ pointer, message }) => (
                  <Text key={pointer + message} size="sm" c="var(--bad)">
                    {message}
                  </Text>
                ))}
            </div>
            <Group gap="xs">
              <Button
                component={Link}
                to={`/bots/${botId}/flows/${id}`}
                variant="light"
                aria-label={`${t('flows.edit')}: ${name}`}
              >
                {t('flows.edit')}
              </Button>
              {draft.mayWrite && (
                <AskFirst
                  variant="subtle"
                  color="red"
                  label={t('flows.remove')}
                  text={t('discardText')}
                  work={() =>
                    Promise.resolve(
                      draft.change({ ...definition, flows: flows.filter((flow) => flow.id !== id) }),
                    )
                  }
                />
              )}
            </Group>
          </Group>
        </Card>
      ))}
      {draft.mayWrite && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            add();
          }}
        >
          <Group align="flex-end">
            <TextInput
              label={t('flows.name')}
              required
              maxLength={200}
              value={title}
              onChange={(event) => setTitle(event.currentTarget.value)}
            />
            <Button type="submit" variant="light" leftSection={<IconPlus size={18} aria-hidden />}>
              {t('flows.add')}
            </Button>
          </Group>
        </form>
      )}
    </Stack>
  );
}
