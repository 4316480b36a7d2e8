import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { findFreePort } from '../../local/free-port.js';
import { ProcessStartError, startProcess } from '../../local/processes.js';
import { startOnFreePorts } from '../../local/start-on-free-ports.js';

/** As a program in Go ends: the reason first, then where each of its threads was. */
const STACK = Array.from({ length: 60 }, (_, line) => `main.start(0x${line.toString(16)})`);

const servers: Server[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

/** Another program that comes in between. */
async function takePort(port: number): Promise<void> {
  const server = createServer();
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
}

async function startThatPrints(lines: readonly string[]): Promise<never> {
  const script = `console.error(${JSON.stringify(lines.join('\n'))}); process.exitCode = 2;`;
  await startProcess({
    name: 'fake',
    command: process.execPath,
    args: ['-e', script],
    readyWhen: () => false,
  });
  throw new Error('it was expected to fail');
}

describe('a start on free ports', () => {
  it.each([
    ['names the address', 'panic: listen tcp 127.0.0.1:7233: bind: address already in use'],
    ['names no port', 'panic: failed assigning ephemeral port'],
    ['is a program of Node', 'Error: listen EADDRINUSE: address already in use 127.0.0.1:3000'],
    ['is a program of Python', 'OSError: [Errno 98] Address already in use'],
  ])('is made again on another one when the program %s before a long stack', async (_how, reason) => {
    const tried: number[] = [];
    const started = await startOnFreePorts(async (freePort) => {
      tried.push(await freePort());
      return tried.length === 1 ? startThatPrints([reason, '', ...STACK]) : tried.length;
    });
    expect(started).toBe(2);
    expect(new Set(tried).size).toBe(2);
  });

  it('is made again when somebody else has the port now, whatever the program says', async () => {
    const tried: number[] = [];
    const started = await startOnFreePorts(async (freePort) => {
      tried.push(await freePort());
      if (tried.length > 1) return tried.length;
      await takePort(tried[0] ?? 0);
      return startThatPrints(['it did not work out']);
    });
    expect(started).toBe(2);
  });

  it('is given up in the end', async () => {
    let starts = 0;
    const failure = startOnFreePorts(() => {
      starts += 1;
      return startThatPrints(['bind: address already in use']);
    });
    await expect(failure).rejects.toThrow(/address already in use/);
    expect(starts).toBeGreaterThan(1);
    expect(starts).toBeLessThan(10);
  });

  it('is not made again for any other reason, and tells how the output began and how it ended', async () => {
    let starts = 0;
    const failure = startOnFreePorts(async (freePort) => {
      starts += 1;
      await freePort();
      return startThatPrints(['panic: no such database', ...STACK, 'exit status 2']);
    });
    await expect(failure).rejects.toThrow(ProcessStartError);
    await expect(failure).rejects.toThrow(
      /^fake ended before it was ready \(exit status 2\)\n {2}panic: no such database\n(.*\n)+ {2}… 22 lines left out …\n(.*\n)+ {2}exit status 2$/,
    );
    expect(starts).toBe(1);
  });

  it('is not made again when the program cannot be started at all', async () => {
    let starts = 0;
    const failure = startOnFreePorts(() => {
      starts += 1;
      return startProcess({ name: 'absent', command: '/absent/port', args: [] });
    });
    await expect(failure).rejects.toThrow(/^absent cannot be started/);
    expect(starts).toBe(1);
  });
});

describe('free ports', () => {
  it('are all different, and can be used', async () => {
    const ports = await Promise.all(Array.from({ length: 100 }, () => findFreePort()));
    expect(new Set(ports).size).toBe(100);
    await Promise.all(ports.map(takePort));
  });
});
