import { CreateVpcCommand, DescribeVpcsCommand, type EC2Client } from '@aws-sdk/client-ec2';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { describe, expect, it } from '@jest/globals';
import { EmulatorControlError } from '../../../local/emulator-control.js';
import { CUSTOMER, PROVIDER, type TestEmulator } from '../../harness/emulator.js';
import { withEmulator } from '../../harness/with-emulator.js';
import { codeOf, createVpc } from '../../harness/networks.js';

let emulator: TestEmulator;
let client: EC2Client;

withEmulator((lent) => {
  emulator = lent;
  client = emulator.ec2(PROVIDER);
});

async function vpcCount(): Promise<number> {
  const { regions } = await emulator.control.inventory();
  return regions.flatMap((region) => region.vpcs).length;
}

describe('faults (10)', () => {
  it('answer an error before any effect, once unless told otherwise', async () => {
    await emulator.control.addFault({ action: 'CreateVpc', kind: 'error', code: 'RequestLimitExceeded' });
    await expect(client.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/24' }))).rejects.toMatchObject({
      name: 'RequestLimitExceeded',
      $metadata: { httpStatusCode: 503 },
    });
    expect(await vpcCount()).toBe(0);
    await createVpc(client, '10.0.0.0/24');
    expect(await vpcCount()).toBe(1);
  });

  it('lose the reply of a call that took effect', async () => {
    await emulator.control.addFault({ action: 'CreateVpc', kind: 'lost-reply' });
    const failure = await client.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/24' })).then(
      () => null,
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(Error);
    expect(failure).not.toHaveProperty('$response.statusCode');
    expect(await vpcCount()).toBe(1);
    expect(await emulator.control.calls({ action: 'CreateVpc' })).toMatchObject([
      { account: PROVIDER, region: 'eu-west-1', service: 'ec2', effect: true, outcome: 'lost-reply' },
    ]);
    await createVpc(client, '10.0.1.0/24');
    expect(await vpcCount()).toBe(2);
  });

  it('delay, and then carry on', async () => {
    await emulator.control.addFault({ action: 'DescribeVpcs', kind: 'latency', latencyMs: 300 });
    const before = performance.now();
    await client.send(new DescribeVpcsCommand({}));
    expect(performance.now() - before).toBeGreaterThanOrEqual(300);
  });

  it('choose by account and region, skip, and count', async () => {
    const id = await emulator.control.addFault({
      action: '*',
      account: CUSTOMER,
      region: 'us-east-1',
      skip: 1,
      times: 2,
      kind: 'error',
      code: 'UnauthorizedOperation',
    });
    const look = (account: string, region: string): Promise<string> =>
      codeOf(emulator.ec2(account, region).send(new DescribeVpcsCommand({})));
    expect(await look(PROVIDER, 'us-east-1')).toBe('no error');
    expect(await look(CUSTOMER, 'eu-west-1')).toBe('no error');
    const outcomes: string[] = [];
    for (let count = 0; count < 4; count++) outcomes.push(await look(CUSTOMER, 'us-east-1'));
    expect(outcomes).toEqual(['no error', 'UnauthorizedOperation', 'UnauthorizedOperation', 'no error']);
    expect(await emulator.control.faults()).toMatchObject([{ id, matched: 4, hits: 2 }]);
  });

  it('can stay for ever, and be taken away', async () => {
    const id = await emulator.control.addFault({ action: 'DescribeVpcs', times: null, kind: 'error' });
    const look = (): Promise<string> => codeOf(client.send(new DescribeVpcsCommand({})));
    for (let count = 0; count < 3; count++) expect(await look()).toBe('InternalError');
    await emulator.control.removeFault(id);
    expect(await look()).toBe('no error');
    await expect(emulator.control.removeFault(id)).rejects.toThrow(EmulatorControlError);
  });

  it('strike with a probability that a seed repeats', async () => {
    const run = async (): Promise<string> => {
      await emulator.control.clearFaults();
      await emulator.control.addFault({
        action: 'DescribeVpcs',
        times: null,
        probability: 0.5,
        seed: 7,
        kind: 'error',
      });
      let pattern = '';
      for (let count = 0; count < 12; count++) {
        pattern += (await codeOf(client.send(new DescribeVpcsCommand({})))) === 'no error' ? '.' : 'x';
      }
      return pattern;
    };
    const first = await run();
    expect(first).toContain('x');
    expect(first).toContain('.');
    expect(await run()).toBe(first);
  });

  it('speak the language of the service', async () => {
    await emulator.control.addFault({ action: 'AssumeRole', kind: 'error', code: 'AccessDenied' });
    const assume = emulator
      .sts(PROVIDER)
      .send(new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${CUSTOMER}:role/x`, RoleSessionName: 'test' }));
    await expect(assume).rejects.toMatchObject({ name: 'AccessDenied', $metadata: { httpStatusCode: 403 } });
  });

  it('are refused when they make no sense', async () => {
    const add = emulator.control.addFault({ action: 'CreateVpc', kind: 'error', probability: 2 });
    await expect(add).rejects.toThrow(/probability: expected 0 to 1, got 2/);
    await expect(emulator.control.addFault({ action: '', kind: 'error' })).rejects.toThrow(
      /action: expected/,
    );
    await expect(emulator.control.addFault({ action: '*', kind: 'latency' })).rejects.toThrow(
      /latencyMs: expected/,
    );
  });
});
