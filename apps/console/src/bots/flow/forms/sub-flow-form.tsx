import { Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { BotDefinition, Flow, FlowNode } from '#libs/model';

/** Which other flow runs here. */
export function SubFlowForm(props: {
  node: Extract<FlowNode, { type: 'sub_flow' }>;
  flow: Flow;
  definition: BotDefinition | null;
  onChange: (node: FlowNode) => void;
}) {
  const { node, flow, definition, onChange } = props;
  const { t } = useTranslation('bots');
  const others = (definition?.flows ?? []).filter((one) => one.id !== flow.id);
  return (
    <Select
      label={t('flows.form.flow')}
      data={others.map(({ id, title }) => ({ value: id, label: title }))}
      value={node.flow}
      allowDeselect={false}
      onChange={(chosen) => chosen && onChange({ ...node, flow: chosen })}
    />
  );
}
