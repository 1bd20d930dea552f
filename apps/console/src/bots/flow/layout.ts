import dagre from '@dagrejs/dagre';
import type { Flow } from '#libs/model';
import { exitsOf } from './graph.js';

/** Where a node stands on the canvas, in pixels: its upper left corner. */
export interface Place {
  x: number;
  y: number;
}

/** How wide a node is drawn, in pixels. */
export const NODE_WIDTH = 240;
const HEAD_HEIGHT = 66;
const EXIT_HEIGHT = 24;

/** How high a node is drawn, in pixels. */
export function heightOf(exits: number): number {
  return HEAD_HEIGHT + exits * EXIT_HEIGHT;
}

/** A tidy place for every node: from left to right in the order in which people come to them. */
export function tidy(flow: Flow): Record<string, Place> {
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: 'LR', nodesep: 28, ranksep: 48, marginx: 24, marginy: 24 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const [id, node] of Object.entries(flow.nodes)) {
    graph.setNode(id, { width: NODE_WIDTH, height: heightOf(exitsOf(node).length) });
  }
  for (const [id, node] of Object.entries(flow.nodes)) {
    for (const { to } of exitsOf(node)) if (to !== undefined && to in flow.nodes) graph.setEdge(id, to);
  }
  dagre.layout(graph);
  return Object.fromEntries(
    Object.keys(flow.nodes).map((id) => {
      const { x, y, width, height } = graph.node(id);
      return [id, { x: x - width / 2, y: y - height / 2 }];
    }),
  );
}
