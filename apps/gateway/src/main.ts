import { parseGatewayConfig } from '#libs/config';
import { isFault } from '#libs/faults';
import { Logger, Metrics } from '#libs/observe';
import { createGateway } from './app.js';

/** Runs until SIGTERM, Ctrl-C or the end of the launcher, then ends in order with exit code 0. */
async function main(): Promise<void> {
  const config = parseGatewayConfig(process.env);
  const logger = Logger.create({ app: 'gateway', level: config.log.level });
  const metrics = new Metrics('gateway');
  metrics.watchProcess();
  const gateway = await createGateway(config, { logger, metrics });
  let isStopping = false;
  const stop = (reason: string): void => {
    if (isStopping) return;
    isStopping = true;
    logger.info('The gateway stops.', { reason });
    gateway.close().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.fault(error, { during: 'stopping' });
        process.exit(1);
      },
    );
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop(signal));
  // The launcher is gone: nobody would restart or stop us.
  process.on('disconnect', () => stop('disconnect'));
  await gateway.listen(config.http.port, config.http.host);
  logger.info('The gateway listens.', { url: await gateway.getUrl() });
  process.send?.('ready');
}

main().catch((error: unknown) => {
  const words = isFault(error) ? error.detail : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`${words}\n`);
  process.exit(1);
});
