import type { Connection } from '@temporalio/client';
import { checkNamespace, checkWorker } from '../client/cli/doctor/temporal-checks.js';

/** What keeps the gateway from serving; every `ok` means that it can. */
export interface Readiness {
  ok: boolean;
  checks: { name: 'namespace' | 'worker'; ok: boolean }[];
}

const ANSWER_WITHIN_MS = 2_000;
/** However often it is asked, Temporal is asked once a second. */
const GOOD_FOR_MS = 1_000;

/** Whether Temporal is there with the namespace, and a worker asks for the work of the task queue. */
export function readinessOf(subject: {
  connection: Connection;
  namespace: string;
  taskQueue: string;
}): () => Promise<Readiness> {
  let asked = 0;
  let answer: Promise<Readiness> | null = null;
  return () => {
    if (answer === null || Date.now() - asked > GOOD_FOR_MS) {
      asked = Date.now();
      answer = look(subject);
    }
    return answer;
  };
}

async function look(subject: Parameters<typeof readinessOf>[0]): Promise<Readiness> {
  const isWell = (check: typeof checkNamespace | typeof checkWorker): Promise<boolean> =>
    subject.connection
      .withDeadline(Date.now() + ANSWER_WITHIN_MS, () => check(subject))
      .then(
        ({ ok }) => ok === true,
        () => false,
      );
  const [namespace, worker] = await Promise.all([isWell(checkNamespace), isWell(checkWorker)]);
  return {
    ok: namespace && worker,
    checks: [
      { name: 'namespace', ok: namespace },
      { name: 'worker', ok: worker },
    ],
  };
}
