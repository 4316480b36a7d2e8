import { DefaultLogger, Runtime, type LogLevel } from '@temporalio/worker';

let isInstalled = false;

/** What fails on purpose is asserted; a log of it would bury a real error. The first in a test file says from which level on. */
export function logFrom(level: LogLevel): void {
  if (!isInstalled) Runtime.install({ logger: new DefaultLogger(level) });
  isInstalled = true;
}
