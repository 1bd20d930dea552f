export { makeAgent, type Agent } from './agent.js';
export type { AgentPorts, InstalledModel, ResolvedModel, WebFetch } from './ports.js';
export { runHttpTool, type ToolSubject } from './tools/http-tool.js';
