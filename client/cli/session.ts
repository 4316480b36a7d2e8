import type { CausewayClient } from '../causeway-client.js';
import type { CliEnvironment } from './environment.js';

/**
 * Connects, lets the work be done, and closes. Temporal's client is loaded only here: it takes longer to load than most
 * commands take to answer, and help and bad input need none of it.
 */
export async function withCauseway<T>(
  { taskQueue }: CliEnvironment,
  work: (client: CausewayClient) => Promise<T>,
): Promise<T> {
  const [{ CausewayClient }, { connectByEnvironment }] = await Promise.all([
    import('../causeway-client.js'),
    import('../connect.js'),
  ]);
  const temporal = await connectByEnvironment();
  try {
    return await work(new CausewayClient(temporal, { taskQueue }));
  } finally {
    await temporal.connection.close();
  }
}
