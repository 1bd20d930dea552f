import { Alert, Button, Group, Menu, Skeleton, Stack, Text } from '@mantine/core';
import { IconArrowLeft, IconLayoutDistributeHorizontal, IconPlus } from '@tabler/icons-react';
import { ReactFlowProvider } from '@xyflow/react';
import { Link, useParams } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Flow, FlowNode } from '#libs/model';
import { Page } from '../../parts/page.js';
import { ProblemNote } from '../../parts/problem-note.js';
import { useDraft } from '../../parts/use-draft.js';
import { type BotDraft, useBotDraft } from '../draft.js';
import { problemsAt } from '../problems.js';
import { DraftNote } from '../publish/draft-note.js';
import { PublishButtons } from '../publish/publish-buttons.js';
import { freeId } from '../say-field.js';
import { Canvas } from './canvas.js';
import { newNode, plainProblems, withoutNode } from './graph.js';
import { Inspector } from './inspector.js';
import { type Place, tidy } from './layout.js';
import classes from './flow.module.css';

const types = [
  'say',
  'ask',
  'branch',
  'set',
  'call',
  'hook',
  'wait',
  'wait_event',
  'hand_over',
  'sub_flow',
  'goal',
] as const;

/** The visual editor of one flow. */
export function FlowScreen() {
  const { t } = useTranslation('bots');
  const { botId, flowId } = useParams({ from: '/frame/bots/$botId/flows/$flowId' });
  const draft = useBotDraft(botId);
  const at = draft.definition?.flows?.findIndex(({ id }) => id === flowId) ?? -1;
  const flow = draft.definition?.flows?.[at];
  return (
    <Page
      isWide
      title={flow?.title ?? t('tabs.flows')}
      before={
        <Link to="/bots/$botId" params={{ botId }} search={{ tab: 'flows' }} className={classes['back']}>
          <IconArrowLeft size={16} aria-hidden className={classes['arrow']} />
          {t('flows.back')}
        </Link>
      }
      actions={flow && <PublishButtons botId={botId} draft={draft} />}
    >
      <ProblemNote error={draft.error} />
      {!draft.definition && !draft.error && <Skeleton height={400} radius="md" />}
      {flow && (
        <Stack>
          <DraftNote draft={draft} />
          <Editor key={flowId} flow={flow} at={at} botId={botId} draft={draft} />
        </Stack>
      )}
    </Page>
  );
}

function Editor({ flow, at, botId, draft }: { flow: Flow; at: number; botId: string; draft: BotDraft }) {
  const { t } = useTranslation('bots');
  const [chosen, setChosen] = useState<string | null>(null);
  // Where nodes stand is how one person likes to see them: it is no part of the bot.
  const moved = useDraft<Record<string, Place>>(`places-${botId}-${flow.id}`, {});
  const places = useMemo(() => ({ ...tidy(flow), ...moved.value }), [flow, moved.value]);
  const found = draft.definition;
  const change = (next: Flow) => {
    if (!found) return;
    const flows = (found.flows ?? []).map((one) => (one.id === flow.id ? next : one));
    draft.change({ ...found, flows });
  };
  const add = (type: FlowNode['type']) => {
    const id = freeId(type, new Set(Object.keys(flow.nodes))).replaceAll('_', '-');
    change({ ...flow, nodes: { ...flow.nodes, [id]: newNode(type, t('flows.presets.asked')) } });
    setChosen(id);
  };
  const wordsOf = useNodeProblems(flow, at, draft);
  const node = chosen === null ? undefined : flow.nodes[chosen];
  return (
    <>
      <Group gap="xs">
        <Menu position="bottom-start">
          <Menu.Target>
            <Button
              disabled={!draft.mayWrite}
              leftSection={<IconPlus size={18} aria-hidden />}
              variant="light"
            >
              {t('flows.addNode')}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {types.map((type) => (
              <Menu.Item key={type} onClick={() => add(type)}>
                {t(`flows.type.${type}`)}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
        <Button
          variant="default"
          leftSection={<IconLayoutDistributeHorizontal size={18} aria-hidden />}
          onClick={() => moved.set({})}
        >
          {t('flows.tidy')}
        </Button>
      </Group>
      <div className={classes['editor']}>
        <div className={classes['canvas']} role="region" aria-label={t('flows.canvas')} dir="ltr">
          <ReactFlowProvider>
            <Canvas
              flow={flow}
              places={places}
              chosen={chosen}
              problems={wordsOf}
              isLocked={!draft.mayWrite}
              onChoose={setChosen}
              onMove={(id, place) => moved.set({ ...moved.value, [id]: place })}
              onChange={change}
            />
          </ReactFlowProvider>
        </div>
        <aside className={classes['side']}>
          {chosen !== null && node ? (
            <Inspector
              key={chosen}
              id={chosen}
              node={node}
              flow={flow}
              definition={found}
              problems={wordsOf[chosen] ?? []}
              isOff={!draft.mayWrite}
              onChange={(next) => change({ ...flow, nodes: { ...flow.nodes, [chosen]: next } })}
              onStart={() => change({ ...flow, start: chosen })}
              onRemove={() => {
                change(withoutNode(flow, chosen));
                setChosen(null);
              }}
            />
          ) : (
            <Overview problems={wordsOf} onChoose={setChosen} />
          )}
        </aside>
      </div>
    </>
  );
}

function Overview(props: { problems: Record<string, readonly string[]>; onChoose: (id: string) => void }) {
  const { t } = useTranslation('bots');
  const wrong = Object.entries(props.problems).filter(([, words]) => words.length > 0);
  return (
    <Stack>
      <Text c="dimmed" size="sm">
        {t('flows.none')}
      </Text>
      {wrong.length > 0 && (
        <Alert color="red" title={t('flows.problems')}>
          {wrong.map(([id, words]) => (
            <Button
              key={id}
              variant="subtle"
              color="red"
              size="compact-sm"
              fullWidth
              justify="flex-start"
              onClick={() => props.onChoose(id)}
            >
              {id}: {words[0]}
            </Button>
          ))}
        </Alert>
      )}
    </Stack>
  );
}

/** What is wrong with each node, in words: what is plain at once, and what the server knows a moment later. */
function useNodeProblems(flow: Flow, at: number, draft: BotDraft): Record<string, readonly string[]> {
  const { t } = useTranslation('bots');
  return useMemo(() => {
    const plain = plainProblems(flow);
    return Object.fromEntries(
      Object.keys(flow.nodes).map((id) => {
        const said = problemsAt(draft.problems, `/flows/${at}/nodes/${id}`).map(({ message }) => message);
        const seen = plain.filter(({ node }) => node === id).map(({ kind }) => t(`flows.${kind}`));
        return [id, [...new Set([...seen, ...said])]];
      }),
    );
  }, [flow, at, draft.problems, t]);
}
