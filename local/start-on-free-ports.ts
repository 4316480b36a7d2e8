import { findFreePort, isPortTaken } from './free-port.js';
import { ProcessStartError } from './processes.js';

/** So often something is started, on other ports each time, before it is believed that there are none. */
const MOST_STARTS = 4;

/** What programs say for want of a port, also of one that they chose themselves. */
const PORT_TAKEN =
  /EADDRINUSE|address (?:is )?already in use|\b(?:bind|listen)\b|\bephemeral port\b|\bport\b.*\b(?:in use|taken|unavailable)\b/i;

/**
 * Starts what needs ports, and starts it again on others when another program has taken one in between. Many
 * programs cannot find one by themselves and tell us, and between our look and their start anything may happen.
 *
 * @param start given a function that finds a port, to be called once for each
 * @throws what `start` throws, at last
 */
export async function startOnFreePorts<T>(
  start: (freePort: () => Promise<number>) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const chosen: number[] = [];
    try {
      return await start(async () => {
        const port = await findFreePort();
        chosen.push(port);
        return port;
      });
    } catch (error) {
      if (attempt === MOST_STARTS || !(await isForWantOfPort(error, chosen))) throw error;
    }
  }
}

/** A program may name its reason in any words, or in none: a port that cannot be had now tells as well. */
async function isForWantOfPort(error: unknown, chosen: readonly number[]): Promise<boolean> {
  if (!(error instanceof ProcessStartError) || !error.endedEarly) return false;
  if (error.output.some((line) => PORT_TAKEN.test(line))) return true;
  const taken = await Promise.all(chosen.map(isPortTaken));
  return taken.includes(true);
}
