/** What a connection has to be after whatever was done to it, told without any of the code under test. */
import type { PeeringState } from '../../domain/lifecycle.js';
import type { AccessIntent } from '../../domain/access/plan-access.js';
import type { Agreed } from './fault-invariants.js';

/** How the latest peering stands in AWS, whether or not the run has looked since. */
export type InAws = 'pending' | 'accepted' | 'rejected' | 'expired' | 'deleted';

export interface ConnectionModel {
  readonly state: PeeringState;
  readonly inAws: InAws;
  readonly round: number;
  readonly agreed: Agreed;
  /** Somebody took something away by hand, and nobody has looked since. */
  readonly amiss: boolean;
}

/** As the settings of these tests have it. */
const ROUNDS = 2;

const tcp = (...ports: number[]): AccessIntent[] => [
  { protocol: 'tcp', ports: ports.map((port) => ({ from: port, to: port })) },
];

/** What a change may ask for; all of it lies within the customer's 172.31.0.0/16. */
export const ACCESSES: readonly Agreed[] = [
  { subnetCidrs: ['172.31.0.0/20'], access: tcp(5432) },
  { subnetCidrs: ['172.31.0.0/20', '172.31.64.0/20'], access: tcp(5432, 8443) },
  { subnetCidrs: ['172.31.128.0/20'], access: tcp(22) },
];

export function requested(agreed: Agreed): ConnectionModel {
  return { state: 'awaiting-acceptance', inAws: 'pending', round: 1, agreed, amiss: false };
}

/** After a look at AWS by the run that has the connection. A customer's word that it declines counts until it has accepted. */
export function looked(model: ConnectionModel, { declined = false } = {}): ConnectionModel {
  if (model.state === 'active') {
    return model.inAws === 'accepted' ? { ...model, amiss: false } : { ...model, state: 'disconnected' };
  }
  if (model.state !== 'awaiting-acceptance') return model;
  if (model.inAws === 'accepted') return { ...model, state: 'active' };
  if (declined || model.inAws === 'rejected' || model.inAws === 'deleted') {
    return { ...model, state: 'declined' };
  }
  if (model.inAws === 'pending') return model;
  return model.round < ROUNDS
    ? { ...model, inAws: 'pending', round: model.round + 1 }
    : { ...model, state: 'expired' };
}

export const isWaiting = ({ state }: ConnectionModel): boolean => state === 'awaiting-acceptance';

export const isUp = ({ state }: ConnectionModel): boolean => state === 'active';

export const isPending = (model: ConnectionModel): boolean => isWaiting(model) && model.inAws === 'pending';

/** Neither waits nor is up. */
export const isOver = (model: ConnectionModel): boolean => !isWaiting(model) && !isUp(model);

export const same = (model: ConnectionModel): ConnectionModel => model;

export const inAws =
  (status: InAws) =>
  (model: ConnectionModel): ConnectionModel => ({ ...model, inAws: status });
