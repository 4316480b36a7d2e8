import { CreateVpcCommand, DescribeVpcsCommand, type EC2Client } from '@aws-sdk/client-ec2';
import { describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { PROVIDER, type TestEmulator } from '../../harness/emulator.js';
import { withEmulator } from '../../harness/with-emulator.js';
import { codeOf, createVpc } from '../../harness/networks.js';
import { until } from '../../harness/until.js';

const PATIENCE_MS = 300;
const HANGS_MS = 1_200;
let emulator: TestEmulator;
let client: EC2Client;

withEmulator((lent) => {
  emulator = lent;
  client = emulator.ec2(PROVIDER);
});

/** A client that waits for `PATIENCE_MS`, then goes. */
const impatient = (): Promise<string> =>
  codeOf(
    client.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/24' }), {
      abortSignal: AbortSignal.timeout(PATIENCE_MS),
    }),
  );

async function vpcCount(): Promise<number> {
  const { regions } = await emulator.control.inventory();
  return regions.flatMap((region) => region.vpcs).length;
}

describe('a hanging call', () => {
  it('is left without an answer, and not carried out', async () => {
    await emulator.control.addFault({ action: 'CreateVpc', kind: 'hang', latencyMs: HANGS_MS });
    expect(await impatient()).toBe('AbortError');
    await delay(HANGS_MS);
    expect(await vpcCount()).toBe(0);
    expect(await emulator.control.calls()).toMatchObject([
      { action: 'CreateVpc', effect: false, outcome: 'hang' },
    ]);
  });

  it('can be carried out at once, the client hearing nothing of it', async () => {
    await emulator.control.addFault({
      action: 'CreateVpc',
      kind: 'hang',
      latencyMs: HANGS_MS,
      effect: 'at-once',
    });
    expect(await impatient()).toBe('AbortError');
    expect(await vpcCount()).toBe(1);
    expect(await emulator.control.calls()).toMatchObject([
      { action: 'CreateVpc', effect: true, outcome: 'hang' },
    ]);
  });

  it('can be carried out late, when the client has gone', async () => {
    await emulator.control.addFault({
      action: 'CreateVpc',
      kind: 'hang',
      latencyMs: HANGS_MS,
      effect: 'late',
    });
    expect(await impatient()).toBe('AbortError');
    expect(await vpcCount()).toBe(0);
    await until('it is carried out', async () => ((await vpcCount()) > 0 ? true : undefined));
    expect(await vpcCount()).toBe(1);
  });

  it('is cut in the end, for a client that waits', async () => {
    await emulator.control.addFault({ action: 'DescribeVpcs', kind: 'hang', latencyMs: PATIENCE_MS });
    const before = performance.now();
    await expect(client.send(new DescribeVpcsCommand({}))).rejects.not.toHaveProperty('$response.statusCode');
    expect(performance.now() - before).toBeGreaterThanOrEqual(PATIENCE_MS - 5);
    await client.send(new DescribeVpcsCommand({}));
  });

  it('holds up nobody else, and never acts on the world after a reset', async () => {
    await emulator.control.addFault({
      action: 'CreateVpc',
      kind: 'hang',
      latencyMs: HANGS_MS,
      effect: 'late',
    });
    await emulator.control.addFault({ action: 'CreateVpc', kind: 'latency', latencyMs: HANGS_MS });
    const hanging = codeOf(createVpc(client, '10.1.0.0/24'));
    await delay(PATIENCE_MS);
    const slow = codeOf(createVpc(client, '10.2.0.0/24'));
    await delay(PATIENCE_MS);
    expect(await codeOf(createVpc(client, '10.3.0.0/24'))).toBe('no error');
    await emulator.reset();
    expect(await hanging).not.toBe('no error');
    expect(await slow).not.toBe('no error');
    await delay(HANGS_MS);
    expect(await vpcCount()).toBe(0);
  });
});
