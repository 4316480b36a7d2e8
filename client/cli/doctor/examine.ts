import { Client } from '@temporalio/client';
import { observeScheduleId, sweepScheduleId } from '../../../contract/names.js';
import type { WorkerSettings } from '../../../domain/settings.js';
import { CausewayClient } from '../../causeway-client.js';
import { CausewayError } from '../../causeway-error.js';
import { connectTo, temporalPlace, type TemporalPlace } from '../../connect.js';
import { clientError } from '../../errors.js';
import type { CliEnvironment } from '../environment.js';
import { notChecked, unreachable, wrong, type Finding } from './check.js';
import { checkConfiguration, checkNode } from './local-checks.js';
import { awsNotChecked, checkAws } from './provider-checks.js';
import { checkSchedule, scheduleCheckName, SWEEP_CHECK_NAME } from './schedule-checks.js';
import {
  checkNamespace,
  checkSearchAttributes,
  checkServer,
  checkWorker,
  type TemporalSubject,
} from './temporal-checks.js';

const ANSWER_WITHIN_MS = 10_000;

/** Looks at everything Causeway depends on, nearest first; what cannot be looked at is said to be so. */
export async function examine({ configPath, taskQueue }: CliEnvironment): Promise<Finding[]> {
  const node = checkNode(process.versions.node);
  const place = orCausewayError(() => temporalPlace());
  const namespace = place instanceof CausewayError ? 'default' : place.namespace;
  const { finding: configuration, settings } = await checkConfiguration(configPath, namespace);
  const connection = place instanceof CausewayError ? place : await connectTo(place).catch(causewayErrorOnly);
  if (place instanceof CausewayError || connection instanceof CausewayError) {
    const why = connection instanceof CausewayError ? connection.message : '';
    return [node, configuration, silent('temporal', why), ...withoutTemporal(settings)];
  }
  try {
    const subject = { connection, namespace, taskQueue };
    return [node, configuration, ...(await examineTemporal(subject, { place, settings }))];
  } finally {
    await connection.close();
  }
}

async function examineTemporal(
  subject: TemporalSubject,
  { place, settings }: { place: TemporalPlace; settings: WorkerSettings | null },
): Promise<Finding[]> {
  const { connection, namespace, taskQueue } = subject;
  const guarded = (name: string, check: () => Promise<Finding>): Promise<Finding> =>
    connection
      .withDeadline(Date.now() + ANSWER_WITHIN_MS, check)
      .catch((error: unknown) => failed(name, clientError(error, name)));

  const server = await guarded('temporal', () => checkServer(subject, place.address));
  if (server.ok !== true) return [server, ...withoutTemporal(settings)];
  const known = await guarded('namespace', () => checkNamespace(subject));
  if (known.ok !== true) return [server, known, ...withoutNamespace(settings)];

  const client = new Client({ connection, namespace });
  const [attributes, worker, ...schedules] = await Promise.all([
    guarded('search attributes', () => checkSearchAttributes(subject)),
    guarded('worker', () => checkWorker(subject)),
    ...schedulesOf(settings, taskQueue).map((schedule) =>
      guarded(schedule.name, () => checkSchedule(client, schedule)),
    ),
  ]);
  const aws =
    worker.ok === true
      ? await checkAws(new CausewayClient(client, { taskQueue }), settings).catch((error: unknown) => [
          failed('aws', error),
        ])
      : awsNotChecked(settings, 'no worker');
  return [server, known, attributes, worker, ...schedules, ...aws];
}

function withoutTemporal(settings: WorkerSettings | null): Finding[] {
  return [notChecked('namespace', 'Temporal is not reached'), ...withoutNamespace(settings)];
}

function withoutNamespace(settings: WorkerSettings | null): Finding[] {
  const why = 'the namespace is not reached';
  return [
    notChecked('search attributes', why),
    notChecked('worker', why),
    ...schedulesOf(settings, '').map(({ name }) => notChecked(name, why)),
    ...awsNotChecked(settings, 'no worker'),
  ];
}

/** The Schedules that a worker with this configuration makes. */
function schedulesOf(
  settings: WorkerSettings | null,
  taskQueue: string,
): { name: string; scheduleId: string }[] {
  if (settings === null) return [];
  const { accountId, regions } = settings.provider;
  return [
    ...regions.map((region) => ({
      name: scheduleCheckName(region),
      scheduleId: observeScheduleId(accountId, region),
    })),
    { name: SWEEP_CHECK_NAME, scheduleId: sweepScheduleId(taskQueue) },
  ];
}

function failed(name: string, error: unknown): Finding {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof CausewayError && error.code !== 'NotFound') return silent(name, message);
  return wrong(name, {
    detail: message,
    next: "Look at Temporal's log, and at the permissions of its credentials",
  });
}

/** Messages of the client have what is wrong first, and what to do after the semicolon. */
function silent(name: string, message: string): Finding {
  const [detail = message, ...rest] = message.split('; ');
  const next = rest.length === 0 ? 'look at the network between here and there' : rest.join('; ');
  return unreachable(name, { detail, next: `${next.charAt(0).toUpperCase()}${next.slice(1)}` });
}

function orCausewayError<T>(read: () => T): T | CausewayError {
  try {
    return read();
  } catch (error) {
    return causewayErrorOnly(error);
  }
}

function causewayErrorOnly(error: unknown): CausewayError {
  if (error instanceof CausewayError) return error;
  throw error;
}
