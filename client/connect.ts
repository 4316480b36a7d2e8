import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { CausewayError } from './errors.js';

/** Loopback answers in milliseconds, another continent within one second. */
const CONNECT_WITHIN_MS = 5_000;

/**
 * Connects by Temporal's own environment configuration (`TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`, profile, TLS, API key).
 *
 * @throws CausewayError `Unreachable`
 */
export async function connectByEnvironment(): Promise<Client> {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  try {
    const connection = await Connection.connect({ connectTimeout: CONNECT_WITHIN_MS, ...connectionOptions });
    return new Client({ connection, namespace });
  } catch (cause) {
    const address = connectionOptions.address ?? 'localhost:7233';
    throw new CausewayError(
      'Unreachable',
      `cannot reach Temporal at ${address}; start it, or set TEMPORAL_ADDRESS`,
      {
        cause,
      },
    );
  }
}
