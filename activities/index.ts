import type { WorkerSettings } from '../domain/settings.js';
import { createAddressComparisonActivities, type AddressComparisonActivities } from './address-comparison.js';
import { createAddressOrderActivities, type AddressOrderActivities } from './address-orders.js';
import { createAddressPoolActivities, type AddressPoolActivities } from './address-pool.js';
import type { Ec2Clients } from './aws/ec2-clients.js';
import { createConnectionActivities, type ConnectionActivities } from './connection.js';
import { createDriftActivities, type DriftActivities } from './drift.js';
import { createEndedPeeringActivities, type EndedPeeringActivities } from './ended-peering.js';
import { createNetworkAclActivities, type NetworkAclActivities } from './network-acl.js';
import { createNotificationActivities, type NotificationActivities } from './notification.js';
import { createObservationActivities, type ObservationActivities } from './observation.js';
import { createOrphanActivities, type OrphanActivities } from './orphans.js';
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
  DriftActivities &
  ReleaseActivities &
  ObservationActivities;

export type Activities = NetworkActivities &
  AddressPoolActivities &
  AddressOrderActivities &
  AddressComparisonActivities &
  ConnectionActivities &
  EndedPeeringActivities &
  SettingsActivities &
  ProviderCheckActivities &
  NotificationActivities &
  OrphanActivities;

export interface ActivityDependencies {
  clients: Ec2Clients;
  settings: WorkerSettings;
  /** Task queue of the pools that an allocation may have to start. */
  taskQueue: string;
  /** Signs notifications; needed where `settings.notifications.webhookUrl` is set. */
  webhookSecret?: string | null;
}

export function createActivities({
  clients,
  settings,
  taskQueue,
  webhookSecret = null,
}: ActivityDependencies): Activities {
  const peerings = createVpcPeeringConnectionActivities(clients);
  const pool = createAddressPoolActivities(taskQueue);
  return {
    ...createVpcActivities(clients),
    ...createSubnetActivities(clients),
    ...createNetworkAclActivities(clients),
    ...createSecurityGroupActivities(clients),
    ...peerings,
    ...createRouteActivities(clients, peerings),
    ...createDriftActivities(clients),
    ...createReleaseActivities(clients),
    ...createObservationActivities(clients),
    ...pool,
    ...createAddressOrderActivities(taskQueue, pool),
    ...createAddressComparisonActivities({ clients, settings, taskQueue }),
    ...createConnectionActivities(),
    ...createEndedPeeringActivities(taskQueue),
    ...createSettingsActivities(settings),
    ...createProviderCheckActivities(clients, settings),
    ...createOrphanActivities(clients, pool),
    ...createNotificationActivities({ notifications: settings.notifications, webhookSecret }),
  };
}
