/** The process of a worker that kills itself, without a word, right before or right after a chosen call. */
import { NativeConnection } from '@temporalio/worker';
import type { Around } from './fault-activities.js';
import { runFaultWorker, type FaultWorkerOptions } from './fault-worker.js';

/** At the nth call (from 1) of an activity, or of an AWS action. */
export interface Death {
  readonly of: 'activity' | 'action';
  readonly name: string;
  readonly nth: number;
  readonly when: 'before' | 'after';
}

type VictimOrder = Omit<FaultWorkerOptions, 'connection' | 'around' | 'onCommand'> & {
  readonly death: Death;
};

function dying({ name, nth, when }: Death): Around {
  let calls = 0;
  return async (called, call) => {
    if (called !== name || ++calls !== nth) return call();
    if (when === 'after') await call().catch(() => undefined);
    process.kill(process.pid, 'SIGKILL');
    // The signal may take a moment, in which nothing more may happen.
    return new Promise(() => undefined);
  };
}

async function main(order: VictimOrder): Promise<void> {
  const connection = await NativeConnection.connect({ address: process.env['TEMPORAL_ADDRESS'] ?? '' });
  const { death, ...options } = order;
  const around = dying(death);
  // Before it works, for it may die at once.
  process.stdout.write('victim ready\n');
  await runFaultWorker({
    ...options,
    connection,
    ...(death.of === 'activity' ? { around } : { onCommand: around }),
  });
}

const order = process.env['CAUSEWAY_VICTIM'];
if (order !== undefined) {
  const parsed: unknown = JSON.parse(order);
  // Written by `fault-world.ts`, and read by nobody else.
  await main(parsed as VictimOrder);
}
