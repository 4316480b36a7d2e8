import { CreateVpcCommand, DeleteTagsCommand, DeleteVpcCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createEc2Clients } from '../../../activities/aws/ec2-clients.js';
import { awsTags } from '../../../activities/aws/tagging.js';
import { providerPolicy } from '../../../client/iam/provider-policy.js';
import { PROVIDER_PURPOSES, type ProviderPurpose } from '../../../contract/provider-check.js';
import { TAG } from '../../../contract/tags.js';
import { REGIONS } from '../../../domain/regions/regions.js';
import { startActivityWorld, type ActivityWorld } from '../../harness/activity-world.js';
import { buildVpc, PROVIDER_REGION } from '../../harness/connection-stages.js';
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
  world = await startActivityWorld(temporal.client, async (aws) => {
    guarded = await startGuardedAws(aws, POLICIES);
    return guarded;
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
