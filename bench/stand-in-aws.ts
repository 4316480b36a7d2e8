import { createEc2Clients } from '../activities/aws/ec2-clients.js';
import { createActivities, type Activities, type NetworkActivities } from '../activities/index.js';
import type { ObservedPeering } from '../domain/acceptance.js';
import type { WorkerSettings } from '../domain/settings.js';

/** All that a connection asks of AWS: a new activity that is not stood in for is an error of types. */
type StandIns = Omit<NetworkActivities, 'observeRegion'>;

/** What every customer of these activities has; its requests stay inside. */
const STAND_IN_CUSTOMER_CIDR = '172.31.0.0/16';

/**
 * The activities of a worker whose AWS answers at once: everything asked for is there, and every peering is accepted as
 * soon as it is asked for. What does not concern AWS is real.
 */
export function activitiesWithoutAws(settings: WorkerSettings, taskQueue: string): Activities {
  const nowhere = 'http://127.0.0.1:9';
  const real = createActivities({
    clients: createEc2Clients({ provider: settings.provider, endpoint: nowhere }),
    settings,
    taskQueue,
  });
  const peerings = new Map<string, ObservedPeering>();
  const peering = (id: string): ObservedPeering => {
    const known = peerings.get(id);
    if (known === undefined) throw new Error(`nobody asked for ${id}`);
    return known;
  };
  let made = 0;
  const newId = (prefix: string): string => `${prefix}-${(made += 1).toString(16).padStart(17, '0')}`;
  const standIns: StandIns = {
    ensureVpc: () =>
      Promise.resolve({ vpcId: newId('vpc'), routeTableId: newId('rtb'), networkAclId: newId('acl') }),
    ensureNetworkAclEntries: ({ networkAclId }) => Promise.resolve({ networkAclId }),
    ensureSubnets: ({ cidrs }) => Promise.resolve({ subnetIds: cidrs.map(() => newId('subnet')) }),
    ensureSecurityGroups: () => Promise.resolve({ securityGroupId: newId('sg') }),
    ensurePeeringConnection: ({ region, vpcId, accepter }) => {
      const id = newId('pcx');
      const side = { cidrs: [STAND_IN_CUSTOMER_CIDR], allowsDnsResolution: true };
      const requester = { accountId: settings.provider.accountId, region, vpcId };
      const observed: ObservedPeering = {
        vpcPeeringConnectionId: id,
        status: 'active',
        statusMessage: 'Active',
        expiresAt: null,
        requester: { ...side, ...requester },
        accepter: { ...side, ...accepter },
      };
      peerings.set(id, observed);
      return Promise.resolve(observed);
    },
    describePeeringConnection: ({ vpcPeeringConnectionId: id }) => Promise.resolve(peering(id)),
    ensureDnsResolution: () => Promise.resolve({ option: 'on' }),
    ensureRoutes: ({ routeTableId }) => Promise.resolve({ routeTableId }),
    ensureSpareNetworkAcl: () => Promise.resolve({ networkAclId: newId('acl') }),
    associateNetworkAcl: () => Promise.resolve(),
    retireNetworkAcl: () => Promise.resolve(),
    findDrift: () => Promise.resolve({ drift: [], beyond: [] }),
    ensureTagsAndDns: () => Promise.resolve(),
    releaseNetwork: () => Promise.resolve({ deleted: [], unseen: [] }),
  };
  return { ...real, ...standIns };
}
