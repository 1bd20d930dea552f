import '@xyflow/react/dist/style.css';
import { useComputedColorScheme } from '@mantine/core';
import { IconAlertTriangleFilled } from '@tabler/icons-react';
import {
  Background,
  Controls,
  type Edge,
  Handle,
  MarkerType,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
} from '@xyflow/react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Flow, FlowNode } from '#libs/model';
import { exitsOf, summaryOf, withExit, withoutNode } from './graph.js';
import { NODE_WIDTH, type Place } from './layout.js';
import classes from './flow.module.css';

/** What the canvas shows and tells. */
export interface CanvasProps {
  flow: Flow;
  places: Readonly<Record<string, Place>>;
  chosen: string | null;
  problems: Readonly<Record<string, readonly string[]>>;
  isLocked: boolean;
  onChoose: (id: string | null) => void;
  onMove: (id: string, place: Place) => void;
  onChange: (flow: Flow) => void;
}

interface StepData extends Record<string, unknown> {
  id: string;
  step: FlowNode;
  isStart: boolean;
  problems: readonly string[];
}
type StepNode = Node<StepData, 'step'>;

const nodeTypes = { step: Step };

/** The steps of a flow and the lines between them; lines are drawn from dot to step, and cut with the Delete key. */
export function Canvas(props: CanvasProps) {
  const { flow, places, chosen, problems, isLocked, onChoose, onMove, onChange } = props;
  const { t } = useTranslation('bots');
  const scheme = useComputedColorScheme('light');
  const nodes = useMemo(
    () =>
      Object.entries(flow.nodes).map(([id, step]): StepNode => ({
        id,
        type: 'step',
        position: places[id] ?? { x: 0, y: 0 },
        width: NODE_WIDTH,
        selected: id === chosen,
        ariaLabel: `${t(`flows.type.${step.type}`)} ${id}: ${summaryOf(step)}`,
        data: { id, step, isStart: id === flow.start, problems: problems[id] ?? [] },
      })),
    [flow, places, chosen, problems, t],
  );
  const edges = useMemo(() => edgesOf(flow), [flow]);
  return (
    <ReactFlow
      nodes={nodes}
      edges={edges}
      nodeTypes={nodeTypes}
      colorMode={scheme}
      fitView
      fitViewOptions={{ minZoom: 0.45, maxZoom: 1, padding: 0.06 }}
      minZoom={0.2}
      nodesConnectable={!isLocked}
      deleteKeyCode={isLocked ? null : ['Delete', 'Backspace']}
      proOptions={{ hideAttribution: true }}
      ariaLabelConfig={{
        'controls.ariaLabel': t('flows.view.label'),
        'controls.zoomIn.ariaLabel': t('flows.view.zoomIn'),
        'controls.zoomOut.ariaLabel': t('flows.view.zoomOut'),
        'controls.fitView.ariaLabel': t('flows.view.fit'),
        'node.a11yDescription.default': t('flows.view.stepKeys'),
        'node.a11yDescription.keyboardDisabled': t('flows.view.stepKeys'),
        'edge.a11yDescription.default': t('flows.view.lineKeys'),
      }}
      onNodeClick={(_, { id }) => onChoose(id)}
      onPaneClick={() => onChoose(null)}
      onNodesChange={(changes) => {
        for (const change of changes) {
          if (change.type === 'position' && change.position) onMove(change.id, change.position);
          if (change.type === 'select' && change.selected) onChoose(change.id);
        }
      }}
      onConnect={({ source, sourceHandle, target }) => {
        const step = flow.nodes[source];
        if (!step || sourceHandle === null) return;
        onChange({ ...flow, nodes: { ...flow.nodes, [source]: withExit(step, sourceHandle, target) } });
      }}
      onDelete={({ nodes: goneNodes, edges: goneEdges }) => {
        const cut = goneEdges.reduce((left, { source, sourceHandle }) => {
          const step = left.nodes[source];
          if (!step || !sourceHandle) return left;
          return { ...left, nodes: { ...left.nodes, [source]: withExit(step, sourceHandle, undefined) } };
        }, flow);
        onChange(goneNodes.reduce((left, { id }) => withoutNode(left, id), cut));
        onChoose(null);
      }}
    >
      <Background gap={22} />
      <Controls showInteractive={false} />
    </ReactFlow>
  );
}

function edgesOf(flow: Flow): Edge[] {
  return Object.entries(flow.nodes).flatMap(([source, step]) =>
    exitsOf(step).flatMap(({ id, to }) =>
      to === undefined || !(to in flow.nodes)
        ? []
        : [
            {
              id: `${source}:${id}`,
              source,
              sourceHandle: id,
              target: to,
              markerEnd: { type: MarkerType.ArrowClosed },
              ariaLabel: `${source} → ${to}`,
            },
          ],
    ),
  );
}

function Step({ data, selected }: NodeProps<StepNode>) {
  const { t } = useTranslation('bots');
  const { id, step, isStart, problems } = data;
  return (
    <div
      className={classes['step']}
      data-type={step.type}
      data-selected={selected || undefined}
      data-wrong={problems.length > 0 || undefined}
    >
      <Handle type="target" position={Position.Left} />
      <div className={classes['head']}>
        <span className={classes['type']}>{t(`flows.type.${step.type}`)}</span>
        {isStart && <span className={classes['start']}>{t('flows.start')}</span>}
        {problems.length > 0 && (
          <IconAlertTriangleFilled size={15} aria-label={problems.join('. ')} className={classes['wrong']} />
        )}
      </div>
      <div className={classes['summary']}>{summaryOf(step) || id}</div>
      {exitsOf(step).map((exit) => (
        <div key={exit.id} className={classes['exit']}>
          <span>
            {exit.label ??
              t(
                exit.id === 'next' ? 'flows.next' : exit.id === 'failed' ? 'flows.failed' : 'flows.otherwise',
              )}
          </span>
          <Handle type="source" position={Position.Right} id={exit.id} className={classes['dot'] ?? ''} />
        </div>
      ))}
    </div>
  );
}
