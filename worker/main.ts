import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection } from '@temporalio/worker';
import { createEc2Clients } from '../activities/aws/ec2-clients.js';
import { createActivities } from '../activities/index.js';
import { readConfiguration } from './configuration.js';
import { createWorker, type WorkflowCode } from './create-worker.js';
import { readWorkerEnvironment } from './environment.js';
import { readKeys, webhookSecretFor } from './keys.js';
import { installLogger } from './logging.js';
import { ensureSchedules } from './schedules.js';
import { ensureSearchAttributes } from './search-attributes.js';
import { WORKFLOW_SOURCE } from './workflow-code.js';

/** `npm run build` puts the bundle here; from source the workflows are bundled at start. */
function workflowCode(): WorkflowCode {
  const codePath = fileURLToPath(new URL('../workflow-bundle.js', import.meta.url));
  return existsSync(codePath) ? { workflowBundle: { codePath } } : { source: WORKFLOW_SOURCE };
}

async function main(): Promise<void> {
  const environment = readWorkerEnvironment(process.env);
  const log = installLogger(environment.logLevel);
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const settings = await readConfiguration(environment.configPath, namespace);
  const keys = await readKeys(environment.keysPath);
  const webhookSecret = webhookSecretFor(settings, keys);
  if (keys.warning !== null) log.warn({ keys: environment.keysPath }, keys.warning);
  const { taskQueue, deployment } = environment;

  const connection = await Connection.connect(connectionOptions).catch((cause: unknown) => {
    const address = connectionOptions.address ?? 'localhost:7233';
    throw new Error(`cannot reach Temporal at ${address}; start it, or set TEMPORAL_ADDRESS`, { cause });
  });
  const unlisted = await ensureSearchAttributes(connection, namespace);
  if (unlisted !== null) log.warn({ namespace }, unlisted);
  await ensureSchedules(new Client({ connection, namespace }), { settings, taskQueue });

  const native = await NativeConnection.connect(connectionOptions);
  const worker = await createWorker({
    connection: native,
    namespace,
    taskQueue,
    deployment,
    workflows: workflowCode(),
    activities: createActivities({
      clients: createEc2Clients({ provider: settings.provider, endpoint: environment.awsEndpoint }),
      settings,
      taskQueue,
      webhookSecret,
    }),
  });
  log.info({ namespace, taskQueue, regions: settings.provider.regions }, 'worker ready');
  try {
    await worker.run();
  } finally {
    await Promise.all([native.close(), connection.close()]);
  }
}

// The SDK announces at every start that Node 20 leaves its support; that is known (ADR 0016) and nobody needs to act.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
main().catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`worker: ${message}\n`);
  process.exitCode = 1;
});
