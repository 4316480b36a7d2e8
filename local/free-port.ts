import { connect, createServer, type AddressInfo, type Server } from 'node:net';

const HOST = '127.0.0.1';

/**
 * A TCP port that nothing listens on at 127.0.0.1. It is not ours: another program may still ask for that very one
 * before it is used, so whoever starts a program on it does so by `startOnFreePorts`.
 */
export async function findFreePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server, 0);
  await leaveWaiting(server, port);
  await close(server);
  return port;
}

/** Whether some program holds the port at 127.0.0.1 at this moment. */
export async function isPortTaken(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await listen(server, port);
  } catch {
    return true;
  }
  await close(server);
  return false;
}

/**
 * A connection that the listening side closes first keeps its port in TIME_WAIT, a minute on Linux: until then the
 * system gives it to nobody who asks for any port, and who asks for this one gets it.
 */
async function leaveWaiting(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('connection', (accepted) => accepted.once('close', () => resolve()).end());
    connect(port, HOST).once('error', reject).resume();
  });
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, () => resolve(portOf(server.address())));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('a TCP server has no port');
  return address.port;
}
