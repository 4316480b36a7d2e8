import type { WorkerSettings } from '../domain/settings.js';
import { createAddressPoolActivities, type AddressPoolActivities } from './address-pool.js';
import type { Ec2Clients } from './aws/ec2-clients.js';
import { createConnectionActivities, type ConnectionActivities } from './connection.js';
import { createNetworkAclActivities, type NetworkAclActivities } from './network-acl.js';
import { createObservationActivities, type ObservationActivities } from './observation.js';
import { createProviderCheckActivities, type ProviderCheckActivities } from './provider-check.js';
import { createReleaseActivities, type ReleaseActivities } from './release.js';
import { createRouteActivities, type RouteActivities } from './route.js';
import { createSecurityGroupActivities, type SecurityGroupActivities } from './security-group.js';
import { createSettingsActivities, type SettingsActivities } from './settings.js';
import { createSubnetActivities, type SubnetActivities } from './subnet.js';
import {
  createVpcPeeringConnectionActivities,
  type VpcPeeringConnectionActivities,
} from './vpc-peering-connection.js';
import { createVpcActivities, type VpcActivities } from './vpc.js';

/** All effects on AWS, by noun. Every one may run twice, and its reply may be lost after it took effect. */
export type NetworkActivities = VpcActivities &
  SubnetActivities &
  NetworkAclActivities &
  SecurityGroupActivities &
  VpcPeeringConnectionActivities &
  RouteActivities &
  ReleaseActivities &
  ObservationActivities;

export type Activities = NetworkActivities &
  AddressPoolActivities &
  ConnectionActivities &
  SettingsActivities &
  ProviderCheckActivities;

export interface ActivityDependencies {
  clients: Ec2Clients;
  settings: WorkerSettings;
  /** Task queue of the pools that an allocation may have to start. */
  taskQueue: string;
}

export function createActivities({ clients, settings, taskQueue }: ActivityDependencies): Activities {
  const peerings = createVpcPeeringConnectionActivities(clients);
  return {
    ...createVpcActivities(clients),
    ...createSubnetActivities(clients),
    ...createNetworkAclActivities(clients),
    ...createSecurityGroupActivities(clients),
    ...peerings,
    ...createRouteActivities(clients, peerings),
    ...createReleaseActivities(clients),
    ...createObservationActivities(clients),
    ...createAddressPoolActivities(taskQueue),
    ...createConnectionActivities(),
    ...createSettingsActivities(settings),
    ...createProviderCheckActivities(clients, settings),
  };
}
