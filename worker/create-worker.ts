import type { NativeConnection, WorkerOptions } from '@temporalio/worker';
import { Worker } from '@temporalio/worker';
import type { Activities } from '../activities/index.js';
import { auditInterceptor } from '../activities/aws/audit.js';
import { activityInterceptor } from '../activities/interceptor.js';
import type { WORKFLOW_SOURCE } from './workflow-code.js';

/** Workflow code as a bundle made before, or as source to bundle at start. */
export type WorkflowCode = { workflowBundle: { codePath: string } } | { source: typeof WORKFLOW_SOURCE };

export interface CreateWorkerOptions {
  connection: NativeConnection;
  namespace: string;
  taskQueue: string;
  activities: Activities;
  workflows: WorkflowCode;
  deployment: { name: string; buildId: string } | null;
  /** What a test or an operator sets otherwise. */
  tuning?: Partial<
    Pick<WorkerOptions, 'stickyQueueScheduleToStartTimeout' | 'maxCachedWorkflows' | 'shutdownGraceTime'>
  >;
}

/** Long enough for a call to AWS under way to be answered. */
const SHUTDOWN_GRACE_TIME = '20 seconds';

/** How long a task waits for the worker that has its workflow cached, before any other may take it. */
const STICKY_TIMEOUT = '5 seconds';

export function createWorker(options: CreateWorkerOptions): Promise<Worker> {
  const { deployment, workflows, tuning, activities, ...where } = options;
  return Worker.create({
    ...where,
    ...('source' in workflows
      ? { workflowsPath: workflows.source.workflowsPath }
      : { workflowBundle: workflows.workflowBundle }),
    activities: { ...activities },
    interceptors: {
      activity: [
        (context) => ({ inbound: activityInterceptor(context) }),
        (context) => (context.info.isLocal ? {} : { inbound: auditInterceptor }),
      ],
      ...('source' in workflows ? { workflowModules: workflows.source.workflowInterceptorModules } : {}),
    },
    shutdownGraceTime: SHUTDOWN_GRACE_TIME,
    stickyQueueScheduleToStartTimeout: STICKY_TIMEOUT,
    ...tuning,
    ...(deployment === null
      ? {}
      : {
          workerDeploymentOptions: {
            version: { deploymentName: deployment.name, buildId: deployment.buildId },
            useWorkerVersioning: true,
            // Runs live for days to years: they move to the new version, held compatible by patches and replayed histories.
            defaultVersioningBehavior: 'AUTO_UPGRADE',
          },
        }),
  });
}
