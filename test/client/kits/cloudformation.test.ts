import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { renderKit } from '../../../client/kits/formats.js';
import { kitFor } from '../../../client/kits/kit.js';
import { run, startAwsCli, type AwsCli, type Ran } from '../../harness/aws-cli.js';
import { CUSTOMER, startTestEmulator, type TestEmulator } from '../../harness/emulator.js';
import { peeringRoutes, requestKit, waitingStatus } from '../../harness/kits.js';
import { testTool } from '../../harness/test-tools.js';

let aws: TestEmulator;
let cli: AwsCli;
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'causeway-kit-'));
  aws = await startTestEmulator();
  cli = await startAwsCli(aws.endpoint);
});
afterAll(async () => {
  await cli.stop();
  await aws.stop();
  await rm(directory, { recursive: true });
});

async function fileOf(status = waitingStatus()): Promise<string> {
  const { fileName, text } = renderKit(kitFor(status), 'cloudformation');
  const path = join(directory, fileName);
  await writeFile(path, text);
  return path;
}

describe('the template', () => {
  it('passes cfn-lint', async () => {
    const { status, stdout } = await run([testTool('cfn-lint'), await fileOf()], {
      env: process.env,
      input: '',
    });
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  });

  // The emulated CloudFormation gives every group AWS's own rule out, whatever the template says.
  it('gives the security group one rule out, to where nothing is, for without any AWS opens it', () => {
    const { text } = renderKit(kitFor(waitingStatus()), 'cloudformation');
    expect(JSON.parse(text)).toMatchObject({
      Resources: {
        ConnectorAccess: {
          Properties: { SecurityGroupEgress: [{ IpProtocol: '-1', CidrIp: '127.0.0.1/32' }] },
        },
      },
    });
  });

  it('makes the route, and the security group where it is asked for, once deployed by the customer', async () => {
    const requested = await requestKit(aws);
    const { network, peeringId, customer } = requested;
    await customer.accept(peeringId);
    const file = await fileOf(requested.status);
    const create = (name: string, ...parameters: string[]): Promise<Ran> =>
      cli.aws(
        [
          ...['cloudformation', 'create-stack', '--region', network.region, '--stack-name', name],
          ...['--template-body', `file://${file}`, '--parameters', ...parameters],
        ],
        { account: CUSTOMER },
      );
    expect(
      await create(
        'peering',
        `ParameterKey=RouteTableId1,ParameterValue=${network.routeTableId}`,
        'ParameterKey=CreateSecurityGroup,ParameterValue=yes',
      ),
    ).toMatchObject({ status: 0, stderr: '' });
    expect(await peeringRoutes(requested)).toEqual([
      `${network.routeTableId} 10.200.0.0/25 ${peeringId} active`,
    ]);
    const { regions } = await aws.control.inventory();
    const groups = regions
      .filter(({ account, region }) => account === CUSTOMER && region === network.region)
      .flatMap(({ securityGroups }) => securityGroups)
      .filter(({ tags }) => tags['Name'] === `Causeway org-42/${network.vpcId}`);
    expect(groups).toHaveLength(1);
  });
});
