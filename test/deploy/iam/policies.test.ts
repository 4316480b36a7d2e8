import {
  CreateSubnetCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  DeleteTagsCommand,
  DeleteVpcCommand,
  DescribeVpcsCommand,
  type TagSpecification,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createEc2Clients, type Ec2 } from '../../../activities/aws/ec2-clients.js';
import { awsTags, tagSpecification } from '../../../activities/aws/tagging.js';
import { createProviderCheckActivities } from '../../../activities/provider-check.js';
import { providerPolicy } from '../../../client/iam/provider-policy.js';
import { PROVIDER_PURPOSES, type ProviderPurpose } from '../../../contract/provider-check.js';
import { TAG } from '../../../contract/tags.js';
import { REGIONS } from '../../../domain/regions/regions.js';
import { startActivityWorld, type ActivityWorld } from '../../harness/activity-world.js';
import { bound } from '../../harness/bounds.js';
import { connect, PROVIDER_REGION } from '../../harness/connection-stages.js';
import { PROVIDER } from '../../harness/emulator.js';
import {
  startGuardedAws,
  type GuardedAws,
  type Policies,
  type Ruling,
} from '../../harness/iam/guarded-aws.js';
import { makeByHand } from '../../harness/orphans.js';
import { testSettings } from '../../harness/settings.js';
import { startTemporalWorld, type TemporalWorld } from '../../harness/temporal-world.js';
import { lint } from './lint.js';
import { STORIES } from './stories.js';

const { provider } = testSettings();
const POLICIES: Policies = {
  provision: providerPolicy('provision', provider),
  observe: providerPolicy('observe', provider),
  release: providerPolicy('release', provider),
};

let temporal: TemporalWorld;
let world: ActivityWorld;
let guarded: GuardedAws;
beforeAll(async () => {
  temporal = await startTemporalWorld();
  world = await startActivityWorld(temporal.client, {
    wayTo: async (aws) => {
      guarded = await startGuardedAws(aws, POLICIES);
      return guarded;
    },
  });
  await temporal.startWorker('causeway', world.activities);
});
beforeEach(() => world.aws.reset());
afterAll(async () => {
  await temporal.stop();
  await guarded.stop();
  await world.aws.stop();
});

const nameOf = ({ purpose, action }: Pick<Ruling, 'purpose' | 'action'>): string => `${purpose} ${action}`;

/** Allowed though no story makes the call, each with the reason. */
const UNCALLED: Readonly<Record<string, string>> = {
  'release ec2:DeleteRouteTable':
    'ours is the main one, and goes with the VPC, unless somebody made another the main one',
  'release ec2:DescribeEgressOnlyInternetGateways': 'named where it holds a VPC that is to go',
  'release ec2:DescribeTransitGatewayVpcAttachments': 'named where it holds a VPC that is to go',
  'release ec2:DescribeVpnGateways': 'named where it holds a VPC that is to go',
  'release ec2:DescribeInternetGateways': 'named where it holds a VPC that is to go',
  'release ec2:DescribeNatGateways': 'named where it holds a VPC that is to go',
  'release ec2:DescribeVpcEndpoints': 'named where it holds a VPC that is to go',
  'release ec2:DescribeRouteTables': 'named where it holds a VPC that is to go',
};

describe('under the policies', () => {
  it.each(Object.entries(STORIES))('everything goes well: %s', async (_name, story) => {
    const before = guarded.rulings.length;
    await story(world);
    expect(guarded.rulings.slice(before).filter(({ allowed }) => !allowed)).toEqual([]);
  });

  it('every action that is allowed is needed by one of these, or by what stands here with its reason', () => {
    const called = new Set(guarded.rulings.map(nameOf));
    const allowed = PROVIDER_PURPOSES.flatMap((purpose) =>
      POLICIES[purpose].Statement.flatMap(({ Action }) => [Action].flat()).map((action) =>
        nameOf({ purpose, action }),
      ),
    );
    const idle = [...new Set(allowed)].filter((name) => !called.has(name));
    expect(idle.filter((name) => UNCALLED[name] === undefined)).toEqual([]);
    expect(Object.keys(UNCALLED).filter((name) => !allowed.includes(name))).toEqual([]);
  });
});

/** As the worker with that role. */
function acting(purpose: ProviderPurpose, region = PROVIDER_REGION): Ec2 {
  const roles = { ...provider, roles: guarded.roles };
  return createEc2Clients({ provider: roles, endpoint: guarded.endpoint })(purpose, region);
}

describe('the policies refuse', () => {
  it('what another deployment has, to be deleted, changed or taken over', async () => {
    const { vpcId: VpcId, owner } = await makeByHand(world.aws, { deployment: 'staging' });
    const taking = { Resources: [VpcId], Tags: awsTags({ ...owner, deployment: 'default' }, 'vpc') };
    for (const call of [
      () => acting('release').write.send(new DeleteVpcCommand({ VpcId })),
      () => acting('provision').write.send(new DeleteVpcCommand({ VpcId })),
      () => acting('provision').write.send(new CreateSubnetCommand({ VpcId, ...inside(owner) })),
      () => acting('provision').write.send(new CreateTagsCommand(taking)),
    ]) {
      await expect(call()).rejects.toThrow('UnauthorizedOperation');
    }
  });

  it("the deletion of what does not bear the deployment's tags, even if it has been ours", async () => {
    const { vpcId: VpcId } = await makeByHand(world.aws);
    await world.aws
      .ec2(PROVIDER, PROVIDER_REGION)
      .send(new DeleteTagsCommand({ Resources: [VpcId], Tags: [{ Key: TAG.deployment }] }));
    const deleting = acting('release').write.send(new DeleteVpcCommand({ VpcId }));
    await expect(deleting).rejects.toThrow('UnauthorizedOperation');
  });

  it('what would be made without the tags, with foreign ones, or in a Region that is not configured', async () => {
    const { owner } = await makeByHand(world.aws);
    const vpc = { CidrBlock: '10.200.0.0/25' };
    const strange: TagSpecification = {
      ResourceType: 'vpc',
      Tags: [...awsTags(owner, 'vpc'), { Key: 'Env', Value: 'x' }],
    };
    const tagged = { ...vpc, TagSpecifications: tagSpecification('vpc', owner, 'vpc') };
    for (const call of [
      () => acting('provision').write.send(new CreateVpcCommand(vpc)),
      () => acting('provision').write.send(new CreateVpcCommand({ ...vpc, TagSpecifications: [strange] })),
      () => acting('provision', 'sa-east-1').write.send(new CreateVpcCommand(tagged)),
      () => acting('observe', 'sa-east-1').read.send(new DescribeVpcsCommand({})),
      () => acting('observe').write.send(new CreateVpcCommand(tagged)),
    ]) {
      await expect(call()).rejects.toThrow('UnauthorizedOperation');
    }
    await acting('provision').write.send(new CreateVpcCommand(tagged));
  });
});

const inside = (owner: Parameters<typeof tagSpecification>[1]) => ({
  CidrBlock: '10.200.0.64/26',
  TagSpecifications: tagSpecification('subnet', owner, 'subnet-b'),
});

describe('the doctor', () => {
  /** The guard before an emulator is no AWS: on a slow machine it takes longer than anybody would wait. */
  const check = () => {
    const roles = { ...provider, roles: guarded.roles };
    const clients = createEc2Clients({ provider: roles, endpoint: guarded.endpoint });
    const doctor = createProviderCheckActivities(clients, { provider }, bound(120_000));
    return doctor.checkProviderRegion({ region: PROVIDER_REGION });
  };

  /** AWS offers no DryRun for it. */
  const UNASKABLE = ['provision ec2:ModifyVpcAttribute'];

  it('asks about every permission, finds none lacking, and changes nothing', async () => {
    await connect(world);
    await world.aws.control.clearCalls();
    const before = guarded.rulings.length;
    for (const { ok, detail } of await world.run(check)) {
      expect({ ok, detail }).toMatchObject({
        ok: true,
        detail: expect.stringMatching(/, permissions checked$/),
      });
    }
    expect(await world.effects()).toEqual([]);
    const asked = new Set(guarded.rulings.slice(before).map(nameOf));
    const allowed = PROVIDER_PURPOSES.flatMap((purpose) =>
      POLICIES[purpose].Statement.flatMap(({ Action }) =>
        [Action].flat().map((action) => nameOf({ purpose, action })),
      ),
    );
    expect([...new Set(allowed)].filter((name) => !asked.has(name))).toEqual(UNASKABLE);
  });

  it('names each action that a role lacks', async () => {
    await connect(world);
    const lacking = ['ec2:CreateVpc', 'ec2:DeleteRoute', 'ec2:DescribeNetworkAcls'];
    const whole = POLICIES.provision;
    POLICIES.provision = {
      ...whole,
      Statement: whole.Statement.map((statement) => ({
        ...statement,
        Action: [statement.Action].flat().filter((action) => !lacking.includes(action)),
      })),
    };
    try {
      const [provision, observe] = await world.run(check);
      expect(observe?.ok).toBe(true);
      expect(provision).toMatchObject({ ok: false, answered: true });
      for (const action of lacking) expect(provision?.detail).toContain(action);
      expect(provision?.detail).not.toContain('ec2:CreateSubnet');
      expect(provision?.next).toContain('causeway iam --role provision');
    } finally {
      POLICIES.provision = whole;
    }
  });
});

describe('a linter that knows what AWS knows', () => {
  it('finds nothing in them, for few regions and for all', async () => {
    const everywhere = { ...provider, regions: [...REGIONS] };
    const documents = PROVIDER_PURPOSES.flatMap((each) => [POLICIES[each], providerPolicy(each, everywhere)]);
    expect(await lint(documents)).toEqual([]);
    // What an inline policy of a role may have at most.
    for (const document of documents) expect(JSON.stringify(document).length).toBeLessThan(10_240);
  });

  it('would find a wrong action, a wrong resource and a wrong condition', async () => {
    const [statement] = POLICIES.release.Statement.slice(-1);
    if (statement === undefined) throw new Error('there is no statement');
    const spoilt = [
      { ...statement, Action: 'ec2:DeleteVpcs' },
      { ...statement, Resource: `arn:aws:ec2:*:${PROVIDER}:instance/*` },
      { ...statement, Condition: { StringEquals: { 'ec2:InstanceType': 't3.micro' } } },
    ];
    const found = await lint(spoilt.map((one) => ({ Version: '2012-10-17', Statement: [one] })));
    expect(found).toEqual(
      expect.arrayContaining(['UNKNOWN_ACTION', 'RESOURCE_MISMATCH', 'UNKNOWN_CONDITION_FOR_ACTION']),
    );
  });
});
