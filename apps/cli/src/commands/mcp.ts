import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { createMcpServer } from '#libs/mcp';
import type { Action } from '../commands.js';

/** Serves the protocol on the standard streams until the other side closes them. */
export const mcp: Action = async ({ parley, world }) => {
  const { scopes } = await parley.me.get();
  serveStdio(() => createMcpServer(parley, scopes));
  await new Promise((resolve) => world.stdin.once('close', resolve));
};
