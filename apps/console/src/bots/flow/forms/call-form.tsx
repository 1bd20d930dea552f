import { Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { BotDefinition, FlowNode } from '#libs/model';
import { PairsField } from '../../pairs-field.js';

/** Which tool is called, and with what. */
export function CallForm(props: {
  node: Extract<FlowNode, { type: 'call' }>;
  definition: BotDefinition | null;
  onChange: (node: FlowNode) => void;
}) {
  const { node, definition, onChange } = props;
  const { t } = useTranslation('bots');
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
      <PairsField
        preset="''"
        label={t('flows.form.values')}
        pairs={node.input}
        onChange={(input) => onChange({ ...node, input })}
      />
    </>
  );
}
