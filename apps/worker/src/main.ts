import { parseWorkerConfig } from '#libs/config';
import { toFault } from '#libs/faults';
import { Logger, Metrics } from '#libs/observe';
import { createWorker } from './app.js';

try {
  const config = parseWorkerConfig(process.env);
  const logger = Logger.create({ app: 'worker', level: config.log.level });
  const metrics = new Metrics('worker');
  metrics.watchProcess();
  const app = await createWorker(config, { logger, metrics });
  let isEnding = false;
  const end = (): void => {
    if (isEnding) return;
    isEnding = true;
    void app.close().finally(() => process.exit(0));
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  process.on('disconnect', end); // the launcher is gone
  process.send?.('ready', undefined, undefined, () => undefined);
} catch (error) {
  console.error(toFault(error).message);
  process.exit(1);
}
