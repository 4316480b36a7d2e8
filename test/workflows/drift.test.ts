import {
  AuthorizeSecurityGroupIngressCommand,
  CreateNetworkAclEntryCommand,
  DeleteRouteCommand,
  DeleteTagsCommand,
  DeleteVpcPeeringConnectionCommand,
  RevokeSecurityGroupEgressCommand,
} from '@aws-sdk/client-ec2';
import { afterEach, describe, expect, it } from '@jest/globals';
import { closeSignal, peeringObservedSignal, statusQuery } from '../../contract/messages.js';
import type { PeeringStatus, ProviderNetwork } from '../../contract/status.js';
import { CUSTOMER, PROVIDER } from '../harness/emulator.js';
import { connect, openings, providerSideOf, type Living } from '../harness/living-connection.js';
import { present } from '../harness/networks.js';
import { expectNothingLeft } from '../harness/peering-story.js';
import { startSkippingWorld, type SkippingWorld } from '../harness/time-skipping.js';

/** One world a test: the test server skips no more time once some workflows have ended in it. */
let world: SkippingWorld;
afterEach(async () => {
  await world.stop();
});

const provider = (): ReturnType<SkippingWorld['aws']['ec2']> => world.aws.ec2(PROVIDER, 'eu-west-1');

async function networkOf({ kept }: Living): Promise<ProviderNetwork> {
  return present((await kept.query<PeeringStatus>(statusQuery)).provider ?? undefined);
}

/** As the region's observer does it, when something about the connection changed in AWS. */
async function look({ kept }: Living): Promise<PeeringStatus> {
  await kept.signal(peeringObservedSignal, { status: 'changed' });
  await world.env.sleep('1 minute');
  return kept.query<PeeringStatus>(statusQuery);
}

const notes = ({ history }: PeeringStatus): string[] => history.map(({ note }) => note);

type Change = (network: ProviderNetwork) => Promise<unknown>;

const loseRoute: Change = ({ routeTableId }) =>
  provider().send(
    new DeleteRouteCommand({ RouteTableId: routeTableId ?? '', DestinationCidrBlock: '172.31.0.0/20' }),
  );

const BY_HAND: { what: string; change: Change; seen: RegExp }[] = [
  { what: 'a route is deleted', change: loseRoute, seen: /route to 172\.31\.0\.0\/20 is missing/ },
  {
    what: 'a network ACL lets more in',
    change: ({ networkAclId }) =>
      provider().send(
        new CreateNetworkAclEntryCommand({
          NetworkAclId: networkAclId ?? '',
          RuleNumber: 50,
          Egress: false,
          Protocol: '-1',
          RuleAction: 'allow',
          CidrBlock: '0.0.0.0/0',
        }),
      ),
    seen: /unexpected ingress entry/,
  },
  {
    what: 'a security group lets more in',
    change: ({ securityGroupId }) =>
      provider().send(
        new AuthorizeSecurityGroupIngressCommand({
          GroupId: securityGroupId ?? '',
          IpPermissions: [
            { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '10.0.0.0/8' }] },
          ],
        }),
      ),
    seen: /added by hand/,
  },
  {
    what: 'a security-group rule is deleted',
    change: ({ securityGroupId }) =>
      provider().send(
        new RevokeSecurityGroupEgressCommand({
          GroupId: securityGroupId ?? '',
          IpPermissions: [
            { IpProtocol: 'tcp', FromPort: 0, ToPort: 65_535, IpRanges: [{ CidrIp: '172.31.0.0/20' }] },
          ],
        }),
      ),
    seen: /lacks egress rule/,
  },
  {
    what: 'tags are deleted, by which everything is found and released',
    change: async ({ vpcId, subnetIds }) =>
      provider().send(
        new DeleteTagsCommand({ Resources: [vpcId ?? '', ...subnetIds], Tags: [{ Key: 'causeway:run' }] }),
      ),
    seen: /lacks its tags causeway:run/,
  },
];

describe('what somebody changed by hand', () => {
  it('is put right, and said', async () => {
    world = await startSkippingWorld();
    const living = await connect(world);
    const agreed = await openings(world);
    const tagsBefore = (await providerSideOf(world)).vpcs.map(({ tags }) => tags);
    for (const { change, seen } of BY_HAND) {
      await change(await networkOf(living));
      const status = await look(living);
      expect(status.state).toBe('active');
      expect(notes(status).at(-1)).toBe('repaired: AWS is as agreed again');
      expect(notes(status).join('\n')).toMatch(seen);
      expect(await openings(world)).toEqual(agreed);
    }
    expect((await providerSideOf(world)).vpcs.map(({ tags }) => tags)).toEqual(tagsBefore);
    await living.kept.signal(closeSignal, {});
    await living.kept.result();
    await expectNothingLeft(world, living.request);
  });

  it.each([
    ['only reported where the configuration says so', { repair: 'report' }, 'maintenance.repair'],
    ['left alone while maintenance is paused', { paused: true }, 'maintenance.paused'],
  ])('is %s', async (_, maintenance, why) => {
    world = await startSkippingWorld({ maintenance });
    const living = await connect(world);
    await loseRoute(await networkOf(living));
    const status = await look(living);
    expect(status.state).toBe('active');
    expect(status.nextStep).toMatchObject({ who: 'provider' });
    expect(status.nextStep.what).toContain(why);
    expect(status.nextStep.what).toContain('route to 172.31.0.0/20 is missing');
    expect((await openings(world)).routes).toEqual([]);
  });

  it('is not put right for ever when something keeps undoing it', async () => {
    world = await startSkippingWorld({ maintenance: { changesPerHour: 2 } });
    const living = await connect(world);
    for (let time = 1; time <= 2; time += 1) {
      await loseRoute(await networkOf(living));
      expect(notes(await look(living)).at(-1)).toContain('repaired');
    }
    await loseRoute(await networkOf(living));
    const held = await look(living);
    expect(held.nextStep.what).toContain('more than 2 changes an hour');
    expect((await openings(world)).routes).toEqual([]);

    await world.env.sleep('2 hours');
    expect((await openings(world)).routes).toEqual(['172.31.0.0/20 active']);
    expect(notes(await living.kept.query<PeeringStatus>(statusQuery)).at(-1)).toContain('repaired');
  });

  it('is left, and the connection ends, when the peering is deleted while the repair waits for something', async () => {
    world = await startSkippingWorld();
    const living = await connect(world);
    await loseRoute(await networkOf(living));
    await world.aws.control.addFault({
      action: 'CreateRoute',
      account: PROVIDER,
      kind: 'error',
      code: 'UnauthorizedOperation',
      times: null,
    });
    expect((await look(living)).parked).toMatchObject({ from: 'active', who: 'provider' });
    await world.syncClock();
    await world.aws
      .ec2(CUSTOMER, living.request.region)
      .send(new DeleteVpcPeeringConnectionCommand({ VpcPeeringConnectionId: living.peeringId }));
    await living.kept.signal(peeringObservedSignal, { status: 'deleted' });
    expect(await living.kept.result()).toMatchObject({ state: 'disconnected', parked: null });
    await expectNothingLeft(world, living.request);
  });

  it('waits, named in the words of AWS, when AWS refuses the repair, and is put right by itself', async () => {
    world = await startSkippingWorld();
    const living = await connect(world);
    await loseRoute(await networkOf(living));
    await world.aws.control.addFault({
      action: 'CreateRoute',
      account: PROVIDER,
      kind: 'error',
      code: 'AnswerNobodyListed',
      times: null,
    });
    const { parked, nextStep } = await look(living);
    expect(parked).toMatchObject({ from: 'active', who: 'provider' });
    expect(parked?.message).toContain('AnswerNobodyListed');
    expect(nextStep.who).toBe('provider');
    await world.aws.control.clearFaults();
    await world.until(living.kept, 'active');
    expect((await openings(world)).routes).toEqual(['172.31.0.0/20 active']);
  });
});
