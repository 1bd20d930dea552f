import { createServer } from 'node:net';
import { fault } from '#libs/faults';

/**
 * Makes sure that the gateway can listen, before anything is started.
 *
 * @throws Fault `config/port-taken` naming the port and its variable
 */
export async function checkPort(host: string, port: number): Promise<void> {
  const code = await tryListening(host, port);
  if (code === null) return;
  throw fault('config/port-taken', {
    detail: `${REASONS[code]?.(host, port) ?? `Parley cannot listen on ${host}:${port} (${code})`}: set PARLEY_PORT to another port${code === 'EADDRNOTAVAIL' ? ', and PARLEY_HOST to an address of this machine' : ''}${code === 'EADDRINUSE' ? ', or end what listens there' : ''}.`,
    facts: { port, code },
  });
}

const REASONS: Readonly<Record<string, (host: string, port: number) => string>> = {
  EADDRINUSE: (host, port) => `Port ${port} on ${host} is taken by another program`,
  EACCES: (_, port) => `This user may not listen on port ${port}`,
  EADDRNOTAVAIL: (host) => `This machine has no address ${host}`,
};

function tryListening(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(null)));
  });
}
