export { createMcpServer, toolsFor } from './server.js';
export type { McpTool } from './tool.js';
export { untrusted } from './untrusted.js';
