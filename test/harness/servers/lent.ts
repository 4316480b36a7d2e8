/** The servers that the test files of one of jest's workers share. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { SEARCH_ATTRIBUTES } from '../../../contract/search-attributes.js';
import { emulatorPython } from '../../../local/binaries.js';
import { EmulatorControl } from '../../../local/emulator-control.js';
import { startEmulator, type Emulator } from '../../../local/emulator.js';
import { startTemporal, type TemporalServer } from '../../../local/temporal.js';
import { registerSearchAttributes } from '../../../worker/search-attributes.js';
import type { Lent } from './broker.js';

/** A namespace of one's own on a dev server that others use too. `stop` leaves nothing in it that goes on by itself. */
export interface LentTemporal extends TemporalServer {
  readonly namespace: string;
}

/** Every test file has its own modules, so this names the file. */
const HOLDER = randomUUID();
const POLL_MS = 20;

/** An emulator as after its start, until it is stopped. Outside of jest it is one of the caller's own. */
export async function lendEmulator(): Promise<Emulator> {
  const broker = process.env['CAUSEWAY_TEST_SERVERS'];
  if (broker === undefined) return startEmulator({ python: emulatorPython() });
  const { address, pid } = await ask<Lent>(broker, 'POST /emulator', { holder: HOLDER });
  const control = new EmulatorControl(address);
  await control.reset();
  return {
    endpoint: address,
    pid,
    control,
    stop: () => ask(broker, 'DELETE /emulator', { address }),
  };
}

/** Temporal as after its start, with the search attributes. Outside of jest it is a server of the caller's own. */
export async function lendTemporal(): Promise<LentTemporal> {
  const broker = process.env['CAUSEWAY_TEST_SERVERS'];
  if (broker === undefined) {
    const attributes = Object.fromEntries(SEARCH_ATTRIBUTES.map(({ name }) => [name, 'Keyword' as const]));
    return { ...(await startTemporal({ searchAttributes: attributes })), namespace: 'default' };
  }
  const { address, pid } = await ask<Lent>(broker, 'POST /temporal');
  const namespace = `test-${randomUUID()}`;
  await withConnection(address, (connection) => createNamespace(connection, namespace));
  return {
    address,
    pid,
    namespace,
    uiUrl: null,
    stop: () =>
      withConnection(address, (connection) => deleteSchedules(new Client({ connection, namespace }))),
  };
}

async function createNamespace(connection: Connection, namespace: string): Promise<void> {
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: msToTs('1 day'),
  });
  await registerSearchAttributes(connection, namespace);
  for (;;) {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    if (SEARCH_ATTRIBUTES.every(({ name }) => name in customAttributes)) return;
    await delay(POLL_MS);
  }
}

/** Workflows that nobody carries out lie still; Schedules would start more and more of them. */
async function deleteSchedules({ schedule }: Client): Promise<void> {
  for await (const { scheduleId } of schedule.list()) await schedule.getHandle(scheduleId).delete();
}

async function withConnection(
  address: string,
  use: (connection: Connection) => Promise<void>,
): Promise<void> {
  const connection = await Connection.connect({ address });
  try {
    await use(connection);
  } finally {
    await connection.close();
  }
}

async function ask<T>(broker: string, what: string, parameters: Record<string, string> = {}): Promise<T> {
  const [method = '', path = ''] = what.split(' ');
  const query = new URLSearchParams({ worker: process.env['JEST_WORKER_ID'] ?? '', ...parameters });
  const response = await fetch(`${broker}${path}?${query.toString()}`, { method });
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  // The broker and this are one program in two processes.
  return JSON.parse(text) as T;
}
