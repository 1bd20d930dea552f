import {
  ActionIcon,
  Alert,
  Button,
  Group,
  NumberInput,
  Select,
  Stack,
  TagsInput,
  Text,
  Textarea,
  TextInput,
  Title,
} from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { BotDefinition, Flow, FlowNode } from '#libs/model';
import { freeId, SayField } from '../say-field.js';
import { exitsOf, withExit } from './graph.js';

/** What the side of the editor shows of one step. */
export interface InspectorProps {
  id: string;
  node: FlowNode;
  flow: Flow;
  definition: BotDefinition | null;
  problems: readonly string[];
  isOff: boolean;
  onChange: (node: FlowNode) => void;
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
          <Fields {...props} />
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

function Fields({ node, flow, definition, onChange }: InspectorProps) {
  const { t } = useTranslation('bots');
  switch (node.type) {
    case 'say':
      return (
        <SayField
          label={t('flows.form.text')}
          parts={node.content}
          onChange={(parts) => onChange({ ...node, content: parts ?? [{ type: 'text', text: '…' }] })}
        />
      );
    case 'ask':
      return <AskFields node={node} onChange={onChange} />;
    case 'branch':
      return <Cases node={node} flow={flow} onChange={onChange} />;
    case 'set':
      return (
        <Pairs
          label={t('flows.form.values')}
          pairs={node.values}
          onChange={(values) => onChange({ ...node, values })}
        />
      );
    case 'call': {
      const tools = definition?.tools?.map(({ name }) => name) ?? [];
      return (
        <>
          <Select
            label={t('flows.form.tool')}
            data={tools.includes(node.tool) ? tools : [node.tool, ...tools]}
            value={node.tool}
            allowDeselect={false}
            onChange={(tool) => tool && onChange({ ...node, tool })}
          />
          <Pairs
            label={t('flows.form.values')}
            pairs={node.input}
            onChange={(input) => onChange({ ...node, input })}
          />
        </>
      );
    }
    case 'hook':
      return (
        <Line
          label={t('flows.form.hook')}
          value={node.hook}
          onChange={(hook) => onChange({ ...node, hook })}
        />
      );
    case 'wait':
      return (
        <NumberInput
          label={t('flows.form.seconds')}
          min={1}
          value={node.seconds}
          onChange={(value) => typeof value === 'number' && onChange({ ...node, seconds: value })}
        />
      );
    case 'wait_event':
      return (
        <Line
          label={t('flows.form.event')}
          value={node.event}
          onChange={(event) => onChange({ ...node, event })}
        />
      );
    case 'hand_over':
      return (
        <Line
          label={t('flows.form.reason')}
          value={node.reason}
          onChange={(reason) => onChange({ ...node, reason })}
        />
      );
    case 'sub_flow': {
      const flows = (definition?.flows ?? []).filter((one) => one.id !== flow.id);
      return (
        <Select
          label={t('flows.form.flow')}
          data={flows.map(({ id, title }) => ({ value: id, label: title }))}
          value={node.flow}
          allowDeselect={false}
          onChange={(chosen) => chosen && onChange({ ...node, flow: chosen })}
        />
      );
    }
    case 'goal':
      return (
        <Line
          label={t('flows.form.goal')}
          value={node.goal}
          onChange={(goal) => onChange({ ...node, goal })}
        />
      );
  }
}

function Line({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
}) {
  return (
    <TextInput
      label={label}
      required
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

type Ask = Extract<FlowNode, { type: 'ask' }>;
const presets: Record<Ask['expect']['kind'], Ask['expect']> = {
  text: { kind: 'text', min: 1, max: 2_000 },
  email: { kind: 'email' },
  phone: { kind: 'phone' },
  number: { kind: 'number', integer: false },
  date: { kind: 'date', order: 'dmy', from: 'any', time: false },
  choice: { kind: 'choice', style: 'quick_replies', options: [{ id: 'yes', label: 'Yes' }] },
  file: { kind: 'file' },
  location: { kind: 'location', or_text: true },
};

function AskFields({ node, onChange }: { node: Ask; onChange: (node: FlowNode) => void }) {
  const { t } = useTranslation('bots');
  const { expect } = node;
  return (
    <>
      <Textarea
        label={t('flows.form.question')}
        autosize
        minRows={2}
        required
        value={node.text}
        onChange={(event) => onChange({ ...node, text: event.currentTarget.value })}
      />
      <TextInput
        label={t('flows.form.into')}
        required
        pattern="[a-z][a-z0-9_]*"
        value={node.into}
        onChange={(event) => onChange({ ...node, into: event.currentTarget.value })}
      />
      <Select
        label={t('flows.form.kind')}
        data={Object.keys(presets)}
        value={expect.kind}
        allowDeselect={false}
        onChange={(kind) => kind && onChange({ ...node, expect: presets[kind as keyof typeof presets] })}
      />
      {expect.kind === 'choice' && (
        <TagsInput
          label={t('flows.form.options')}
          value={expect.options.map(({ label }) => label)}
          acceptValueOnBlur
          splitChars={[]}
          onChange={(labels) =>
            onChange({ ...node, expect: { ...expect, options: optionsOf(labels, expect.options) } })
          }
        />
      )}
      <TextInput
        label={t('flows.form.retry')}
        value={node.retry ?? ''}
        onChange={(event) => {
          const { retry: _, ...rest } = node;
          const retry = event.currentTarget.value;
          onChange(retry === '' ? rest : { ...node, retry });
        }}
      />
      <NumberInput
        label={t('flows.form.tries')}
        min={1}
        max={10}
        value={node.tries}
        onChange={(value) => typeof value === 'number' && onChange({ ...node, tries: value })}
      />
    </>
  );
}

type Options = Extract<Ask['expect'], { kind: 'choice' }>['options'];

/** Options by their labels; those that were there keep their ids and ways. */
function optionsOf(labels: readonly string[], before: Options): Options {
  const taken = new Set<string>();
  return labels.map(
    (label) =>
      before.find((option) => option.label === label) ?? {
        id: freeId(
          label,
          taken,
          before.map(({ id }) => id),
        ),
        label,
      },
  );
}

type Branch = Extract<FlowNode, { type: 'branch' }>;

function Cases({ node, flow, onChange }: { node: Branch; flow: Flow; onChange: (node: FlowNode) => void }) {
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

function Pairs(props: {
  label: string;
  pairs: Record<string, string>;
  onChange: (pairs: Record<string, string>) => void;
}) {
  const { label, pairs, onChange } = props;
  const { t } = useTranslation('bots');
  const rows = Object.entries(pairs);
  const set = (next: [string, string][]) => onChange(Object.fromEntries(next));
  const put = (at: number, row: [string, string]) =>
    set(rows.map((one, place) => (place === at ? row : one)));
  return (
    <Stack gap="xs">
      <Text size="sm" fw={560}>
        {label}
      </Text>
      {rows.map(([name, value], at) => (
        <Group key={at} gap={4} wrap="nowrap">
          <TextInput
            aria-label={`${t('flows.form.field')} ${at + 1}`}
            value={name}
            dir="ltr"
            w={96}
            onChange={(event) => put(at, [event.currentTarget.value, value])}
          />
          <TextInput
            aria-label={`${t('flows.form.expression')} ${at + 1}`}
            value={value}
            dir="ltr"
            style={{ flex: 1 }}
            onChange={(event) => put(at, [name, event.currentTarget.value])}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`${t('flows.form.remove')} ${at + 1}`}
            onClick={() => set(rows.filter((_, place) => place !== at))}
          >
            <IconTrash size={16} aria-hidden />
          </ActionIcon>
        </Group>
      ))}
      <Button
        size="compact-sm"
        variant="default"
        onClick={() =>
          set([...rows, [freeId('field', new Set(rows.map(([name]) => name))).replaceAll('-', '_'), "''"]])
        }
      >
        {t('flows.form.addValue')}
      </Button>
    </Stack>
  );
}
