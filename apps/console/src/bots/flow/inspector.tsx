import { Alert, Button, Group, Select, Stack, Text, TextInput, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { exitsOf, withExit } from './graph.js';
import { NodeForm, type NodeFormProps } from './forms/node-form.js';

/** What the side of the editor shows of one step. */
export interface InspectorProps extends NodeFormProps {
  id: string;
  problems: readonly string[];
  isOff: boolean;
  onStart: () => void;
  onRemove: () => void;
}

/** One step as a form; its ways can be set here too, without drawing. */
export function Inspector(props: InspectorProps) {
  const { id, node, flow, problems, isOff, onChange, onStart, onRemove } = props;
  const { t } = useTranslation('bots');
  const others = Object.keys(flow.nodes);
  return (
    <Stack>
      <Group justify="space-between" wrap="nowrap">
        <Title order={2}>{t(`flows.type.${node.type}`)}</Title>
        <code>{id}</code>
      </Group>
      {problems.length > 0 && (
        <Alert color="red">
          {problems.map((words) => (
            <Text key={words} size="sm">
              {words}
            </Text>
          ))}
        </Alert>
      )}
      <fieldset disabled={isOff} style={{ border: 0, padding: 0, margin: 0, minWidth: 0 }}>
        <Stack>
          <NodeForm {...props} />
          {exitsOf(node).map((exit) => (
            <Select
              key={exit.id}
              label={`${exit.label ?? t(plainExit(exit.id))} → ${t('flows.goesTo')}`}
              placeholder={t('flows.ends')}
              clearable={!exit.id.startsWith('case-')}
              data={others}
              value={exit.to ?? null}
              onChange={(to) => onChange(withExit(node, exit.id, to ?? undefined))}
            />
          ))}
          <TextInput
            label={t('flows.note')}
            value={node.note ?? ''}
            maxLength={500}
            onChange={(event) => {
              const { note: _, ...rest } = node;
              const note = event.currentTarget.value;
              onChange(note === '' ? rest : { ...node, note });
            }}
          />
        </Stack>
      </fieldset>
      <Group justify="space-between">
        <Button size="xs" variant="default" disabled={isOff || id === flow.start} onClick={onStart}>
          {id === flow.start ? t('flows.start') : t('flows.makeStart')}
        </Button>
        <Button
          size="xs"
          variant="subtle"
          color="red"
          disabled={isOff || id === flow.start}
          onClick={onRemove}
        >
          {t('flows.removeNode')}
        </Button>
      </Group>
    </Stack>
  );
}

function plainExit(id: string): 'flows.next' | 'flows.failed' | 'flows.otherwise' {
  if (id === 'next') return 'flows.next';
  return id === 'failed' ? 'flows.failed' : 'flows.otherwise';
}
