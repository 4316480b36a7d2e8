import {
  AssociateVpcCidrBlockCommand,
  DeleteVpcPeeringConnectionCommand,
  RejectVpcPeeringConnectionCommand,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createEc2Clients } from '../../activities/aws/ec2-clients.js';
import { createVpcPeeringConnectionActivities } from '../../activities/vpc-peering-connection.js';
import { credentialsFor } from '../../local/emulator.js';
import { startActivityWorld, type ActivityWorld } from '../harness/activity-world.js';
import {
  accept,
  acceptedPeering,
  begin,
  buildVpc,
  CUSTOMER_REGION,
  peeringInput,
  peeringInRegion,
  PROVIDER_REGION,
  requestFrom,
  type Requested,
} from '../harness/connection-stages.js';
import { CUSTOMER, PROVIDER } from '../harness/emulator.js';
import { onlyPeering } from '../harness/inventory.js';

let world: ActivityWorld;

beforeAll(async () => {
  world = await startActivityWorld();
});
beforeEach(() => world.aws.reset());
afterAll(() => world.aws.stop());

async function requested(): Promise<Requested> {
  return requestFrom(world, await buildVpc(world));
}

async function reject({ peering }: Requested): Promise<void> {
  const { vpcPeeringConnectionId } = peering;
  await world.aws
    .ec2(CUSTOMER, CUSTOMER_REGION)
    .send(new RejectVpcPeeringConnectionCommand({ VpcPeeringConnectionId: vpcPeeringConnectionId }));
}

describe('ensurePeeringConnection', () => {
  it("asks exactly the customer's account, region and VPC, and says until when", async () => {
    const { peering, vpc, customerVpcId } = await requested();
    const inAws = await onlyPeering(world.aws);
    expect(inAws).toMatchObject({
      vpcPeeringConnectionId: peering.vpcPeeringConnectionId,
      status: 'pending-acceptance',
      requester: { account: PROVIDER, region: PROVIDER_REGION, vpcId: vpc.vpcId },
      accepter: { account: CUSTOMER, region: CUSTOMER_REGION, vpcId: customerVpcId, tags: {} },
    });
    expect(Date.parse(peering.expiresAt ?? '')).toBeCloseTo(Date.parse(inAws.expiresAt), -4);
    expect(peering.accepter.cidrs).toEqual([]);
  });

  it('makes one request when the reply is lost and AWS does not show it at first', async () => {
    const built = await buildVpc(world);
    await world.aws.control.settings({ visibility: { 'vpc-peering-connection': { describes: 4 } } });
    await world.aws.control.addFault({ action: 'CreateVpcPeeringConnection', kind: 'lost-reply' });
    await world.failureOf((activities) => activities.ensurePeeringConnection(peeringInput(built)));
    const peering = await world.run(
      (activities) => activities.ensurePeeringConnection(peeringInput(built)),
      2,
    );
    expect((await onlyPeering(world.aws)).vpcPeeringConnectionId).toBe(peering.vpcPeeringConnectionId);
    const calls = await world.aws.control.calls({ action: 'CreateVpcPeeringConnection' });
    expect(calls).toHaveLength(1);
  });

  it('does not answer while AWS still checks the request', async () => {
    const built = await buildVpc(world);
    await world.aws.control.settings({ initiatingSeconds: 3_600 });
    const failure = await world.failureOf((activities) =>
      activities.ensurePeeringConnection(peeringInput(built)),
    );
    expect(failure).toMatchObject({ type: 'NotYetConsistent', nonRetryable: false });
    await world.aws.control.advance(3_600);
    const peering = await world.run(
      (activities) => activities.ensurePeeringConnection(peeringInput(built)),
      2,
    );
    expect(peering).toMatchObject({ status: 'pending-acceptance' });
    await onlyPeering(world.aws);
  });

  it('shows what AWS says of an overlap, as an observation and not as an error', async () => {
    const { peering } = await requestFrom(world, await buildVpc(world, await begin(world, '10.200.0.0/16')));
    expect(peering.status).toBe('failed');
    expect(peering.statusMessage).toBe((await onlyPeering(world.aws)).message);
    expect(peering.statusMessage).not.toBe('');
  });

  it('asks anew once the last request is over', async () => {
    const first = await requested();
    await reject(first);
    const second = await requestFrom(world, first);
    expect(second.peering).toMatchObject({ status: 'pending-acceptance' });
    expect(second.peering.vpcPeeringConnectionId).not.toBe(first.peering.vpcPeeringConnectionId);
  });

  it('does not take its request to another VPC for this one', async () => {
    const first = await requested();
    const elsewhere = await begin(world, '172.30.0.0/16');
    const second = await requestFrom(world, { ...first, customerVpcId: elsewhere.customerVpcId });
    expect(second.peering.accepter.vpcId).toBe(elsewhere.customerVpcId);
    expect(second.peering.vpcPeeringConnectionId).not.toBe(first.peering.vpcPeeringConnectionId);
  });

  it('names the quota of outstanding requests', async () => {
    const built = await buildVpc(world);
    await world.aws.control.settings({ quotas: { outstandingPeerings: 0 } });
    const failure = await world.failureOf((activities) =>
      activities.ensurePeeringConnection(peeringInput(built)),
    );
    expect(failure).toMatchObject({ type: 'QuotaExceeded', nonRetryable: false });
    expect(failure.details?.[0]).toMatchObject({ waitsFor: 'outstanding VPC peering requests' });
  });
});

describe('describePeeringConnection', () => {
  const describeIt = (
    input: Requested,
  ): ReturnType<ActivityWorld['activities']['describePeeringConnection']> =>
    world.run((activities) => activities.describePeeringConnection(peeringInRegion(input)));

  it("follows the status, and shows all of the customer's blocks once active", async () => {
    const connection = await requested();
    expect(await describeIt(connection)).toMatchObject({ status: 'pending-acceptance' });
    await world.aws
      .ec2(CUSTOMER, CUSTOMER_REGION)
      .send(
        new AssociateVpcCidrBlockCommand({ VpcId: connection.customerVpcId, CidrBlock: '172.30.0.0/16' }),
      );
    await accept(world, connection);
    expect(await describeIt(connection)).toMatchObject({
      status: 'active',
      requester: { accountId: PROVIDER, region: PROVIDER_REGION, vpcId: connection.vpc.vpcId },
      accepter: {
        accountId: CUSTOMER,
        region: CUSTOMER_REGION,
        vpcId: connection.customerVpcId,
        cidrs: ['172.31.0.0/16', '172.30.0.0/16'],
      },
    });
  });

  it('shows a rejected, an expired and a deleted request as such', async () => {
    const rejected = await requested();
    await reject(rejected);
    expect((await describeIt(rejected)).status).toBe('rejected');
    const expired = await requestFrom(world, rejected);
    await world.aws.control.advance(7 * 24 * 3_600 + 1);
    expect((await describeIt(expired)).status).toBe('expired');
    const deleted = await requestFrom(world, rejected);
    await accept(world, deleted);
    await world.aws.ec2(CUSTOMER, CUSTOMER_REGION).send(
      new DeleteVpcPeeringConnectionCommand({
        VpcPeeringConnectionId: deleted.peering.vpcPeeringConnectionId,
      }),
    );
    expect((await describeIt(deleted)).status).toBe('deleted');
  });

  it('believes an absence only when it lasts', async () => {
    const connection = await requested();
    const hidden = { action: 'DescribeVpcPeeringConnections', kind: 'error' } as const;
    await world.aws.control.addFault({
      ...hidden,
      code: 'InvalidVpcPeeringConnectionID.NotFound',
      times: 2,
    });
    expect((await describeIt(connection)).status).toBe('pending-acceptance');
    await world.aws.control.addFault({
      ...hidden,
      code: 'InvalidVpcPeeringConnectionId.NotFound',
      times: null,
    });
    expect(await describeIt(connection)).toMatchObject({ status: 'absent', accepter: { accountId: '' } });
  });

  it('does not take a refusal for an absence', async () => {
    const connection = await requested();
    await world.aws.control.addFault({
      action: 'DescribeVpcPeeringConnections',
      kind: 'error',
      code: 'UnauthorizedOperation',
      times: null,
    });
    const failure = await world.failureOf((activities) =>
      activities.describePeeringConnection(peeringInRegion(connection)),
    );
    expect(failure).toMatchObject({ type: 'PermissionMissing', nonRetryable: false });
    expect(failure.details?.[0]).toMatchObject({
      waitsFor: `permission for ec2:DescribeVpcPeeringConnections in ${PROVIDER_REGION}`,
    });
  });
});

describe('ensureDnsResolution', () => {
  it("sets the provider's own option and leaves the customer's to the customer", async () => {
    const connection = await acceptedPeering(world);
    const answer = await world.run((activities) =>
      activities.ensureDnsResolution(peeringInRegion(connection)),
    );
    expect(answer).toEqual({ option: 'on' });
    expect(await onlyPeering(world.aws)).toMatchObject({
      requester: { allowDnsResolutionFromRemoteVpc: true },
      accepter: { allowDnsResolutionFromRemoteVpc: false },
    });
  });

  it('is tried again while the peering is not active', async () => {
    const connection = await requested();
    const failure = await world.failureOf((activities) =>
      activities.ensureDnsResolution(peeringInRegion(connection)),
    );
    expect(failure).toMatchObject({ type: 'NotYetConsistent', nonRetryable: false });
    expect((await onlyPeering(world.aws)).requester.allowDnsResolutionFromRemoteVpc).toBe(false);
  });

  it("says so where the customer's VPC has no DNS hostnames, which only the customer can mend", async () => {
    const connection = await acceptedPeering(world);
    await world.aws.control.addFault({
      action: 'ModifyVpcPeeringConnectionOptions',
      kind: 'error',
      code: 'InvalidVpcPeeringConnectionState.DnsHostnamesDisabled',
      times: null,
    });
    const answer = await world.run((activities) =>
      activities.ensureDnsResolution(peeringInRegion(connection)),
    );
    expect(answer).toEqual({ option: 'hostnames-off' });
  });
});

describe('describePeeringConnection, where AWS shows nothing of it', () => {
  const anotherId = 'pcx-0123456789abcdef0';

  it('answers that to the provider alone, who sees its own VPC', async () => {
    const connection = await requested();
    const input = { ...peeringInRegion(connection), vpcPeeringConnectionId: anotherId };
    expect(await world.run((activities) => activities.describePeeringConnection(input))).toMatchObject({
      status: 'absent',
    });
  });

  it('doubts the reader who does not see its own VPC either', async () => {
    const input = { ...peeringInRegion(await requested()), vpcPeeringConnectionId: anotherId };
    const blind = { ...input, vpcId: 'vpc-0123456789abcdef0' };
    const failure = await world.failureOf((activities) => activities.describePeeringConnection(blind));
    expect(failure).toMatchObject({ type: 'NothingShown' });
    expect(failure.message).toContain('vpc-0123456789abcdef0');
  });

  it('believes nothing of what another account is shown', async () => {
    const connection = await requested();
    const { accessKeyId, secretAccessKey } = credentialsFor('999988887777');
    const clients = createEc2Clients({
      provider: { accountId: PROVIDER, roleArn: null, externalId: null, roles: {} },
      endpoint: world.aws.endpoint,
      timing: { pollEveryMs: 1, settleMs: 1, secondLookMs: 1 },
    });
    const before = process.env['AWS_ACCESS_KEY_ID'];
    process.env['AWS_ACCESS_KEY_ID'] = accessKeyId;
    process.env['AWS_SECRET_ACCESS_KEY'] = secretAccessKey;
    try {
      const blind = createVpcPeeringConnectionActivities(clients);
      const failure = await world.failureOf(() =>
        blind.describePeeringConnection(peeringInRegion(connection)),
      );
      expect(failure).toMatchObject({ type: 'WrongAccount' });
      expect(failure.message).toContain('999988887777');
      expect(failure.details?.[0]).toMatchObject({ waitsFor: `credentials of account ${PROVIDER}` });
    } finally {
      process.env['AWS_ACCESS_KEY_ID'] = before;
    }
  });
});
