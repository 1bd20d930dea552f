export { makeAgent, type Agent } from './agent.js';
export { toldModel, type ScriptPlace } from './models/told-model.js';
export type { AgentPorts, InstalledModel, ResolvedModel, WebFetch } from './ports.js';
export { runHttpTool, type ToolSubject } from './tools/http-tool.js';
