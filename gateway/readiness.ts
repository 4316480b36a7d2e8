import type { Client, Connection } from '@temporalio/client';
import { askWorker } from '../client/ask-worker.js';
import { checkNamespace, checkWorker } from '../client/cli/doctor/temporal-checks.js';

/** What keeps the gateway from serving; every `ok` means that it can. */
export interface Readiness {
  ok: boolean;
  checks: { name: 'namespace' | 'worker'; ok: boolean }[];
}

const ANSWER_WITHIN_MS = 2_000;
/** A worker may have to read a history first. */
const WORK_WITHIN_MS = 8_000;
/** However often it is asked, Temporal and the worker are asked that seldom. */
const GOOD_FOR_MS = 3_000;

interface Subject {
  temporal: Client;
  connection: Connection;
  namespace: string;
  taskQueue: string;
}

/** Whether Temporal is there with the namespace, and a worker both asks for the work of the task queue and does it. */
export function readinessOf(subject: Subject): () => Promise<Readiness> {
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

async function look(subject: Subject): Promise<Readiness> {
  const [namespace, worker] = await Promise.all([hasNamespace(subject), hasWorker(subject)]);
  return {
    ok: namespace && worker,
    checks: [
      { name: 'namespace', ok: namespace },
      { name: 'worker', ok: worker },
    ],
  };
}

function hasNamespace(subject: Subject): Promise<boolean> {
  return within(subject, ANSWER_WITHIN_MS, async () => (await checkNamespace(subject)).ok === true);
}

/** Where nobody asks for work, none is made. */
async function hasWorker(subject: Subject): Promise<boolean> {
  const isThere = await within(
    subject,
    ANSWER_WITHIN_MS,
    async () => (await checkWorker(subject)).ok === true,
  );
  if (!isThere) return false;
  return within(subject, WORK_WITHIN_MS, async () => {
    await askWorker(subject.temporal, subject.taskQueue);
    return true;
  });
}

function within(
  { connection }: Subject,
  withinMs: number,
  question: () => Promise<boolean>,
): Promise<boolean> {
  return connection.withDeadline(Date.now() + withinMs, question).catch(() => false);
}
