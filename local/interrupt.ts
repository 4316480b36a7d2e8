/** Ctrl-C or SIGTERM, as something to wait for, or to lose a race against. */
export interface Interruption {
  readonly promise: Promise<void>;
  readonly thrown: Promise<never>;
}

export function untilInterrupted(): Interruption {
  const promise = new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
  const thrown = promise.then(() => {
    throw new Error('interrupted; what was started is being stopped');
  });
  thrown.catch(() => undefined);
  return { promise, thrown };
}
