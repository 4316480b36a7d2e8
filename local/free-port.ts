import { createServer } from 'node:net';

/**
 * A TCP port that nothing listens on at 127.0.0.1 at this moment. It is not reserved: another program may take it
 * before it is used, so whoever uses it tries again with another one.
 */
export async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('a TCP server has no port');
  return address.port;
}
