import { NumberInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { BotDefinition, Flow, FlowNode } from '#libs/model';
import { PairsField } from '../../pairs-field.js';
import { SayField } from '../../say-field.js';
import { AskForm } from './ask-form.js';
import { BranchForm } from './branch-form.js';
import { CallForm } from './call-form.js';
import { Line } from './line.js';
import { SubFlowForm } from './sub-flow-form.js';

/** One step, and what it can name. */
export interface NodeFormProps {
  node: FlowNode;
  flow: Flow;
  definition: BotDefinition | null;
  onChange: (node: FlowNode) => void;
}

/** What is peculiar to the kind of a step. */
export function NodeForm({ node, flow, definition, onChange }: NodeFormProps) {
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
      return <AskForm node={node} onChange={onChange} />;
    case 'branch':
      return <BranchForm node={node} flow={flow} onChange={onChange} />;
    case 'set':
      return (
        <PairsField
          preset="''"
          label={t('flows.form.values')}
          pairs={node.values}
          onChange={(values) => onChange({ ...node, values })}
        />
      );
    case 'call':
      return <CallForm node={node} definition={definition} onChange={onChange} />;
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
    case 'sub_flow':
      return <SubFlowForm node={node} flow={flow} definition={definition} onChange={onChange} />;
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
