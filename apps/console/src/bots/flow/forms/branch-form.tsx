import { ActionIcon, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Flow, FlowNode } from '#libs/model';

type Branch = Extract<FlowNode, { type: 'branch' }>;

/** The cases of a decision, in the order in which they are tried. */
export function BranchForm({
  node,
  flow,
  onChange,
}: {
  node: Branch;
  flow: Flow;
  onChange: (node: FlowNode) => void;
}) {
  const { t } = useTranslation('bots');
  const set = (cases: Branch['cases']) => onChange({ ...node, cases });
  return (
    <Stack gap="xs">
      <Text size="sm" fw={560}>
        {t('flows.form.cases')}
      </Text>
      {node.cases.map(({ when, next }, at) => (
        <Group key={at} gap={4} wrap="nowrap">
          <TextInput
            aria-label={`${t('flows.form.expression')} ${at + 1}`}
            value={when}
            dir="ltr"
            style={{ flex: 1 }}
            onChange={(event) =>
              set(
                node.cases.map((one, place) =>
                  place === at ? { when: event.currentTarget.value, next } : one,
                ),
              )
            }
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`${t('flows.form.remove')} ${at + 1}`}
            onClick={() => set(node.cases.filter((_, place) => place !== at))}
          >
            <IconTrash size={16} aria-hidden />
          </ActionIcon>
        </Group>
      ))}
      <Button
        size="compact-sm"
        variant="default"
        onClick={() => set([...node.cases, { when: 'true', next: flow.start }])}
      >
        {t('flows.form.addCase')}
      </Button>
    </Stack>
  );
}
