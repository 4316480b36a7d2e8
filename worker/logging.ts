import { DefaultLogger, Runtime, type LogLevel } from '@temporalio/worker';
import { pino, type Logger } from 'pino';

const LEVELS: Record<LogLevel, 'trace' | 'debug' | 'info' | 'warn' | 'error'> = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
};

/** JSON lines on standard output, Temporal's own messages included. Names and texts from outside are values, never messages. */
export function installLogger(level: string): Logger {
  const logger = pino({ name: 'causeway-worker', level });
  Runtime.install({
    logger: new DefaultLogger('INFO', ({ level: severity, message, meta }) => {
      logger[LEVELS[severity]](meta ?? {}, message);
    }),
  });
  return logger;
}
