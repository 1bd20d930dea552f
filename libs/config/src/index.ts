export {
  parseGatewayConfig,
  parseLauncherConfig,
  parseWorkerConfig,
  type GatewayConfig,
  type LauncherConfig,
  type WorkConfig,
  type WorkerConfig,
} from './apps.js';
export { describeSettings, settingNames, type SettingDoc } from './describe.js';
export type { Environment, Frozen } from './parse.js';
export { poolSize, type PoolUse } from './pool-size.js';
export type { VersionedKey } from './text.js';
