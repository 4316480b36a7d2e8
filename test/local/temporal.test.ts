import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { findTemporalCli } from '../../local/binaries.js';
import { startTemporal } from '../../local/temporal.js';
import type { StartTemporalOptions, TemporalServer } from '../../local/temporal.js';

let directory: string;
let servers: TemporalServer[];
let environment: NodeJS.ProcessEnv;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'causeway-temporal-'));
  servers = [];
  environment = { ...process.env };
});
afterEach(async () => {
  process.env = environment;
  await Promise.all(servers.map((server) => server.stop()));
  rmSync(directory, { recursive: true, force: true });
});

async function start(options: StartTemporalOptions): Promise<TemporalServer> {
  const server = await startTemporal(options);
  servers.push(server);
  return server;
}

async function withClient<T>(
  { address }: TemporalServer,
  namespace: string,
  use: (client: Client) => Promise<T>,
): Promise<T> {
  const connection = await Connection.connect({ address });
  try {
    return await use(new Client({ connection, namespace }));
  } finally {
    await connection.close();
  }
}

/** A command line that panics for want of a port the first time, and is the real one ever after. */
function writePanickingCli(): string {
  const real = findTemporalCli();
  if (real.kind !== 'path') throw new Error('Temporal is expected to be installed');
  const path = join(directory, 'temporal');
  const noted = join(directory, 'panicked');
  writeFileSync(
    path,
    `#!/bin/sh
     [ -e '${noted}' ] && exec '${real.path}' "$@"
     touch '${noted}'
     echo 'panic: failed assigning ephemeral port: listen tcp 127.0.0.1:0: bind: address already in use' >&2
     for line in $(seq 60); do echo "main.start(0x$line)" >&2; done
     exit 2`,
  );
  chmodSync(path, 0o755);
  return path;
}

function startWorkflow(client: Client): Promise<unknown> {
  return client.workflow.start('anything', { taskQueue: 'nobody', workflowId: 'kept', args: [] });
}

describe('startTemporal', () => {
  it('starts servers beside each other, with UI, namespace and search attributes', async () => {
    const [first, second] = await Promise.all([
      start({ namespace: 'elsewhere', searchAttributes: { Colour: 'Keyword', Size: 'Keyword' }, ui: true }),
      start({ searchAttributes: {} }),
    ]);
    expect(first.address).not.toBe(second.address);
    expect(second.uiUrl).toBeNull();
    const page = await fetch(first.uiUrl ?? '');
    expect(page.status).toBe(200);

    const colour = defineSearchAttributeKey('Colour', SearchAttributeType.KEYWORD);
    const found = await withClient(first, 'elsewhere', async (client) => {
      await client.workflow.start('anything', {
        taskQueue: 'nobody',
        workflowId: 'red-one',
        args: [],
        typedSearchAttributes: [{ key: colour, value: 'red' }],
      });
      for (let attempt = 0; attempt < 100; attempt++) {
        for await (const { workflowId } of client.workflow.list({ query: "Colour = 'red'" }))
          return workflowId;
        await delay(100);
      }
      return null;
    });
    expect(found).toBe('red-one');
  });

  it('keeps its state in a file when told to', async () => {
    const options = { searchAttributes: {}, dbFilename: join(directory, 'state', 'temporal.db') };
    const before = await start(options);
    await withClient(before, 'default', startWorkflow);
    await before.stop();
    const connection = Connection.lazy({ address: before.address, connectTimeout: 500 });
    await expect(connection.ensureConnected()).rejects.toThrow();
    await connection.close();

    const after = await start(options);
    const description = await withClient(after, 'default', (client) =>
      client.workflow.getHandle('kept').describe(),
    );
    expect(description.status.name).toBe('RUNNING');
  });

  it('starts many at once, each on ports of its own', async () => {
    const many = await Promise.all(
      Array.from({ length: 6 }, () => start({ searchAttributes: {}, ui: true })),
    );
    const addresses = many.flatMap(({ address, uiUrl }) => [address, uiUrl]);
    expect(new Set(addresses).size).toBe(12);
    await Promise.all(many.map((server) => withClient(server, 'default', startWorkflow)));
  });

  it('starts again when the server panics for want of a port', async () => {
    process.env['TEMPORAL_CLI_PATH'] = writePanickingCli();
    const server = await start({ searchAttributes: {} });
    await withClient(server, 'default', startWorkflow);
  });

  it('says which binary failed and what it printed', async () => {
    process.env['TEMPORAL_CLI_PATH'] = process.execPath;
    const failure = startTemporal({ searchAttributes: {} });
    await expect(failure).rejects.toThrow(
      /ended before it was ready \(exit status 1\); the binary was .* \(from variable\)/,
    );
    await expect(failure).rejects.toThrow(/Cannot find module/);
  });

  it('refuses a variable that names nothing, instead of looking further', async () => {
    process.env['TEMPORAL_CLI_PATH'] = join(directory, 'absent');
    await expect(startTemporal({ searchAttributes: {} })).rejects.toThrow(
      /^TEMPORAL_CLI_PATH is set to .*absent/,
    );
  });

  it('is refused in production', async () => {
    process.env['NODE_ENV'] = 'production';
    await expect(startTemporal({ searchAttributes: {} })).rejects.toThrow(/NODE_ENV is production/);
  });
});
