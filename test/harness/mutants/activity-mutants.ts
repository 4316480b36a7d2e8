/** Idempotency checks of the activities, and what they leave out or do not tell, taken out one at a time. */
import {
  CreateVpcCommand,
  CreateVpcPeeringConnectionCommand,
  DescribeSecurityGroupsCommand,
  DescribeVpcsCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import { ApplicationFailure } from '@temporalio/common';
import type { Ec2Clients } from '../../../activities/aws/ec2-clients.js';
import { createReleaseActivities } from '../../../activities/release.js';
import { createRouteActivities } from '../../../activities/route.js';
import { createVpcPeeringConnectionActivities } from '../../../activities/vpc-peering-connection.js';
import { createVpcActivities } from '../../../activities/vpc.js';
import type { Mutate } from '../fault-worker.js';
import type { Mutant, RevealingPoint } from './mutant.js';

/** Answers a command in the place of AWS, or changes it and leaves it to AWS: undefined. */
type Instead = (command: unknown, client: EC2Client) => Promise<unknown> | undefined;

/** The same clients, of which some commands go another way. */
function meddling(clients: Ec2Clients, instead: Instead): Ec2Clients {
  const through = (client: EC2Client): EC2Client =>
    new Proxy(client, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name);
        if (name !== 'send' || typeof member !== 'function') return member;
        return (command: unknown, ...rest: unknown[]): unknown =>
          instead(command, target) ?? Reflect.apply(member, target, [command, ...rest]);
      },
    });
  return (purpose, region) => {
    const ec2 = clients(purpose, region);
    return { ...ec2, read: through(ec2.read), write: through(ec2.write) };
  };
}

const NOWHERE = 'vpc-00000000000000000';

/** Sees of its own VPCs the one alone that it has just made. */
const ensureVpcThatSees =
  (beforehand: 'what is there' | 'nothing'): Mutate =>
  (_real, clients) => ({
    ensureVpc: (input) => {
      let shown = beforehand === 'nothing' ? NOWHERE : undefined;
      const blind = meddling(clients, (command, client) => {
        if (command instanceof DescribeVpcsCommand && shown !== undefined) {
          command.input.Filters = [...(command.input.Filters ?? []), { Name: 'vpc-id', Values: [shown] }];
        }
        if (!(command instanceof CreateVpcCommand)) return undefined;
        return client.send(command).then((answer) => {
          shown = answer.Vpc?.VpcId;
          return answer;
        });
      });
      return createVpcActivities(blind).ensureVpc(input);
    },
  });

/** Does not see what AWS would show of one kind. */
const releaseNetworkBlindFor =
  (kind: typeof DescribeVpcsCommand | typeof DescribeSecurityGroupsCommand): Mutate =>
  (_real, clients) =>
    createReleaseActivities(
      meddling(clients, (command) => {
        if (command instanceof kind) {
          command.input.Filters = [...(command.input.Filters ?? []), { Name: 'vpc-id', Values: [NOWHERE] }];
        }
        return undefined;
      }),
    );

const releaseNetworkThatBelievesItself: Mutate = (_real, clients) => ({
  releaseNetwork: (input) =>
    createReleaseActivities((purpose, region) => {
      const ec2 = clients(purpose, region);
      return { ...ec2, timing: { ...ec2.timing, settleMs: 0 } };
    })
      .releaseNetwork(input)
      .catch((error: unknown) => {
        if (error instanceof ApplicationFailure && error.type === 'NotYetConsistent')
          return { deleted: [], unseen: [] };
        throw error;
      }),
});

const ensurePeeringConnectionWithoutTags: Mutate = (_real, clients) =>
  createVpcPeeringConnectionActivities(
    meddling(clients, (command) => {
      if (command instanceof CreateVpcPeeringConnectionCommand) command.input.TagSpecifications = [];
      return undefined;
    }),
  );

const ensureRoutesUnseen: Mutate = (_real, clients) => ({
  ensureRoutes: (input) => {
    const { peering } = input;
    const side = { cidrs: ['172.31.0.0/16'], allowsDnsResolution: false };
    return createRouteActivities(clients, {
      describePeeringConnection: ({ vpcPeeringConnectionId }) =>
        Promise.resolve({
          vpcPeeringConnectionId,
          status: 'active',
          statusMessage: '',
          expiresAt: null,
          requester: { ...peering.requester, ...side },
          accepter: { ...peering.accepter, ...side },
        }),
    }).ensureRoutes(input);
  },
});

const lostVpc: RevealingPoint = {
  story: 'connectAndClose',
  fault: [{ at: { action: 'CreateVpc', nth: 1 }, fault: 'lost-reply' }],
  end: 'released',
};

const undoRepeated: RevealingPoint = {
  story: 'decline',
  fault: { activity: 'releaseNetwork', nth: 1, fault: 'fails-before' },
  end: 'declined',
};

export const ACTIVITY_MUTANTS: readonly Mutant[] = [
  {
    name: 'ensureVpc does not look for what an earlier attempt has made',
    point: lostVpc,
    shows: /has 2 VPCs/,
    code: { activities: ensureVpcThatSees('nothing') },
  },
  {
    name: 'ensureVpc does not reduce twins',
    point: { ...lostVpc, fault: [{ at: { action: 'CreateVpc', nth: 1 }, fault: 'twice' }] },
    shows: /has 2 VPCs/,
    code: { activities: ensureVpcThatSees('what is there') },
  },
  {
    name: 'ensurePeeringConnection tags nothing',
    point: {
      story: 'connectAndClose',
      fault: { activity: 'ensurePeeringConnection', nth: 1, fault: 'reply-lost' },
      end: 'released',
    },
    shows: /pcx-\w+ lacks its tags/,
    hangs: true,
    code: { activities: ensurePeeringConnectionWithoutTags },
  },
  {
    name: 'ensureRoutes does not ask whether the peering is up',
    point: {
      story: 'connectAndClose',
      fault: { peeringDeletedBefore: 'ensureRoutes' },
      end: 'disconnected',
    },
    shows: { staysIn: 'configuring' },
    code: { activities: ensureRoutesUnseen },
  },
  {
    name: 'a living connection is not looked for',
    point: {
      story: 'requestTwice',
      fault: { activity: 'isConnected', nth: 2, fault: 'fails-before' },
      end: 'released',
    },
    shows: /has 2 VPCs/,
    code: { activities: () => ({ isConnected: () => Promise.resolve(false) }) },
  },
  {
    name: 'a network ACL out of use is left as it is',
    point: {
      story: 'swapAccess',
      fault: { activity: 'ensureSpareNetworkAcl', nth: 1, fault: 'reply-lost' },
      end: 'released',
      by: 'changed',
    },
    shows: /is not in use, and not empty/,
    code: { activities: () => ({ retireNetworkAcl: () => Promise.resolve() }) },
  },
  {
    name: 'releaseNetwork leaves the VPC',
    point: undoRepeated,
    shows: /vpc-\w+ belongs to no living connection/,
    code: { activities: releaseNetworkBlindFor(DescribeVpcsCommand) },
  },
  {
    name: 'releaseNetwork leaves the security groups',
    point: undoRepeated,
    shows: { staysIn: 'releasing' },
    code: { activities: releaseNetworkBlindFor(DescribeSecurityGroupsCommand) },
  },
  {
    name: 'releaseNetwork does not look whether it is all gone',
    point: {
      story: 'decline',
      fault: [{ at: { action: 'DeleteVpc', nth: 1 }, fault: 'in-use' }],
      end: 'declined',
    },
    shows: /vpc-\w+ belongs to no living connection/,
    code: { activities: releaseNetworkThatBelievesItself },
  },
  {
    name: 'releaseNetwork does not wait for what AWS may still show',
    point: {
      story: 'cancel',
      fault: [
        { at: { action: 'CreateVpc', nth: 1 }, fault: 'lost-reply' },
        { at: { after: 1 }, fault: 'denied' },
      ],
      end: 'cancelled',
      by: 'parked',
      vpcUnseenFor: 8,
    },
    shows: /vpc-\w+ belongs to no living connection/,
    code: {
      activities: (real) => ({
        releaseNetwork: (input) => real.releaseNetwork({ ...input, inDoubt: false, remembered: null }),
      }),
    },
  },
  {
    name: 'releaseBlock does nothing',
    point: {
      story: 'decline',
      fault: { activity: 'releaseBlock', nth: 1, fault: 'runs-twice' },
      end: 'declined',
    },
    shows: /is held by .*, which does not live/,
    code: { activities: () => ({ releaseBlock: () => Promise.resolve() }) },
  },
  {
    name: "a block stays in the pool of the customer's network",
    point: {
      story: 'decline',
      fault: { activity: 'releaseBlock', nth: 1, fault: 'reply-lost' },
      end: 'declined',
    },
    shows: /is held by .* in customer:vpc-\w+, which does not live/,
    code: {
      activities: (real) => ({
        releaseBlock: (input) => real.releaseBlock({ ...input, customerScope: null }),
      }),
    },
  },
  {
    name: "a block is not claimed in the pool of the customer's network",
    point: {
      story: 'connectAndClose',
      fault: { activity: 'allocateBlock', nth: 1, fault: 'reply-lost' },
      end: 'released',
    },
    shows: /does not hold it in customer:vpc-/,
    code: {
      activities: (real) => ({
        allocateBlock: (input) => real.allocateBlock({ ...input, customerScope: null }),
      }),
    },
  },
  {
    name: 'observers tell nobody',
    point: {
      story: 'observe',
      fault: { activity: 'observeRegion', nth: 1, fault: 'fails-before' },
      end: 'released',
    },
    shows: { staysIn: 'awaiting-acceptance' },
    code: { activities: () => ({ observeRegion: () => Promise.resolve({}) }) },
  },
];
