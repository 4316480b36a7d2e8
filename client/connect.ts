import { Client, Connection, type ConnectionOptions } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { CausewayError } from './causeway-error.js';

/** Loopback answers in milliseconds, another continent within one second. */
const CONNECT_WITHIN_MS = 5_000;

/** Where Temporal's own environment configuration says it is. */
export interface TemporalPlace {
  connectionOptions: ConnectionOptions;
  /** `host:port` */
  address: string;
  namespace: string;
}

/**
 * Reads Temporal's own environment configuration (`TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`, profile, TLS, API key).
 *
 * @throws CausewayError `Unreachable` when it cannot be used
 */
export function temporalPlace(): TemporalPlace {
  try {
    const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
    return { connectionOptions, namespace, address: connectionOptions.address ?? 'localhost:7233' };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CausewayError(
      'Unreachable',
      `Temporal's environment configuration cannot be used: ${why}; correct TEMPORAL_CONFIG_FILE, TEMPORAL_PROFILE or the variable it names`,
      { cause },
    );
  }
}

/** @throws CausewayError `Unreachable` */
export async function connectTo({ connectionOptions, address }: TemporalPlace): Promise<Connection> {
  try {
    return await Connection.connect({ connectTimeout: CONNECT_WITHIN_MS, ...connectionOptions });
  } catch (cause) {
    const message = `cannot reach Temporal at ${address}; start it, or set TEMPORAL_ADDRESS`;
    throw new CausewayError('Unreachable', message, { cause });
  }
}

/**
 * Connects by Temporal's own environment configuration; `client.connection.close()` ends it.
 *
 * @throws CausewayError `Unreachable`
 */
export async function connectByEnvironment(): Promise<Client> {
  const place = temporalPlace();
  return new Client({ connection: await connectTo(place), namespace: place.namespace });
}

/** As `connectByEnvironment`, but connects with the first question, and again after an outage: for processes that serve others. */
export function connectLazily(): { temporal: Client; connection: Connection } {
  const { connectionOptions, namespace } = temporalPlace();
  const connection = Connection.lazy({ connectTimeout: CONNECT_WITHIN_MS, ...connectionOptions });
  return { temporal: new Client({ connection, namespace }), connection };
}
