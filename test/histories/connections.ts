/** Stories of living connections: what is asked of them, what happens to them, and how they end. */
import {
  CreateNetworkInterfaceCommand,
  DeleteNetworkInterfaceCommand,
  DeleteRouteCommand,
  DeleteVpcPeeringConnectionCommand,
} from '@aws-sdk/client-ec2';
import {
  changeAccessUpdate,
  closeSignal,
  peeringObservedSignal,
  statusQuery,
  type AccessChange,
} from '../../contract/messages.js';
import { poolWorkflowId } from '../../contract/names.js';
import { durationMs } from '../../domain/durations.js';
import type { Living, Stage, Story } from './stage.js';

async function change({ kept }: Living, wanted: AccessChange): Promise<void> {
  await kept.executeUpdate(changeAccessUpdate, { args: [wanted] });
}

/** So many single ports that two such sets do not fit into one network ACL, for two ranges that do not join. */
function sixPorts(from: number): { protocol: string; ports: number[] }[] {
  return [{ protocol: 'tcp', ports: Array.from({ length: 6 }, (_, index) => from + 10 * index) }];
}

async function keepClosed(stage: Stage, living: Living, name: string): Promise<void> {
  await living.kept.signal(closeSignal, { by: 'bob', reason: 'moved away' });
  await stage.keepEnded(name, { handle: living.kept, state: 'released' });
}

/** Somebody deletes the route by hand, and the region's observer says that something changed. */
async function loseRoute({ world, provider }: Stage, { kept }: Living): Promise<void> {
  const { provider: network } = await kept.query(statusQuery);
  await provider.send(
    new DeleteRouteCommand({
      RouteTableId: network?.routeTableId ?? '',
      DestinationCidrBlock: '172.31.0.0/20',
    }),
  );
  await kept.signal(peeringObservedSignal, { status: 'active' });
  await world.env.sleep('1 minute');
}

/** The customer deletes the peering, and the region's observer says that something changed. */
async function deletePeering(stage: Stage, living: Living): Promise<void> {
  await stage.world.syncClock();
  await stage
    .customerOf(living)
    .send(new DeleteVpcPeeringConnectionCommand({ VpcPeeringConnectionId: living.peeringId }));
  await living.kept.signal(peeringObservedSignal, { status: 'deleted' });
}

async function requireNote({ kept }: Living, wanted: string): Promise<void> {
  const { history } = await kept.query(statusQuery);
  if (!history.some(({ note }) => note.includes(wanted))) {
    throw new Error(`not noted: ${wanted}; ${JSON.stringify(history.slice(-3))}`);
  }
}

export const CONNECTIONS: Record<string, Story> = {
  closed: {
    play: async (stage) => {
      const living = await stage.connect();
      await keepClosed(stage, living, 'closed-maintain');
      await stage.keep('closed-provision', living.handle);
      const pool = poolWorkflowId(living.request.organizationId);
      await stage.keep('closed-pool', stage.world.env.client.workflow.getHandle(pool));
    },
  },

  'closed-by-cancelling': {
    play: async (stage) => {
      const { kept } = await stage.connect();
      await kept.cancel();
      await stage.keepEnded('closed-by-cancelling-maintain', { handle: kept, state: 'released' });
    },
  },

  'closed-while-in-use': {
    play: async (stage) => {
      const living = await stage.connect();
      const { provider } = await living.kept.query(statusQuery);
      const [SubnetId] = provider?.subnetIds ?? [];
      const { NetworkInterface } = await stage.provider.send(new CreateNetworkInterfaceCommand({ SubnetId }));
      await living.kept.signal(closeSignal, { by: 'bob' });
      await stage.world.until(living.kept, 'parked');
      const { NetworkInterfaceId } = NetworkInterface ?? {};
      await stage.provider.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId }));
      await stage.keepEnded('closed-while-in-use-maintain', { handle: living.kept, state: 'released' });
    },
  },

  disconnected: {
    play: async (stage) => {
      const living = await stage.connect();
      await deletePeering(stage, living);
      await stage.keepEnded('disconnected-maintain', { handle: living.kept, state: 'disconnected' });
    },
  },

  'disconnected-while-parked': {
    play: async (stage) => {
      const living = await stage.connect();
      const letGo = await stage.refuse('CreateRoute', 'UnauthorizedOperation');
      await loseRoute(stage, living);
      await stage.world.until(living.kept, 'parked');
      await deletePeering(stage, living);
      await stage.keepEnded('disconnected-while-parked-maintain', {
        handle: living.kept,
        state: 'disconnected',
      });
      await letGo();
    },
  },

  'access-changed': {
    play: async (stage) => {
      const living = await stage.connect();
      await change(living, { subnetCidrs: ['172.31.0.0/20', '172.31.64.0/20'], by: 'bob' });
      await keepClosed(stage, living, 'access-changed-maintain');
    },
  },

  'access-changed-with-a-second-network-acl': {
    play: async (stage) => {
      const subnetCidrs = ['172.31.0.0/20', '172.31.32.0/20'];
      const living = await stage.connect({ subnetCidrs, access: sixPorts(1000) });
      const before = await living.kept.query(statusQuery);
      await change(living, { access: sixPorts(2000) });
      const after = await living.kept.query(statusQuery);
      if (after.provider?.networkAclId === before.provider?.networkAclId) throw new Error('nothing was swapped');
      await keepClosed(stage, living, 'access-changed-with-a-second-network-acl-maintain');
    },
  },

  'access-restored': {
    play: async (stage) => {
      const living = await stage.connect();
      const letGo = await stage.refuse('CreateRoute', 'RouteLimitExceeded');
      const changing = change(living, { subnetCidrs: ['172.31.0.0/20', '172.31.64.0/20'] });
      const failed = await changing.then(
        () => false,
        () => true,
      );
      if (!failed) throw new Error('the change went through');
      await letGo();
      // The test server hangs a run for good when a cancelling crosses the end of an activity: the look is over by then.
      await stage.world.env.sleep(durationMs('1 minute'));
      await keepClosed(stage, living, 'access-restored-maintain');
    },
  },

  'drift-repaired': {
    play: async (stage) => {
      const living = await stage.connect();
      await loseRoute(stage, living);
      await requireNote(living, 'repaired: AWS is as agreed again');
      // A look of its own, too, when the observer says nothing.
      await stage.world.env.sleep(durationMs('8 days'));
      await keepClosed(stage, living, 'drift-repaired-maintain');
    },
  },

  'drift-reported': {
    settings: { maintenance: { repair: 'report' } },
    play: async (stage) => {
      const living = await stage.connect();
      await loseRoute(stage, living);
      await requireNote(living, 'because maintenance.repair is "report"');
      await stage.world.env.sleep(durationMs('2 hours'));
      await keepClosed(stage, living, 'drift-reported-maintain');
    },
  },
};
