/** Connections beside the one that is looked at, so that the operator's list shows what it is for. */
import { Client, Connection } from '@temporalio/client';
import { CausewayClient } from '../../client/causeway-client.js';
import { PROVIDER_ACCOUNT } from '../../local/accounts.js';
import { SampleCustomer } from '../../local/sample-customer.js';
import type { LocalStack } from '../../local/stack.js';
import type { PeeringState } from '../../domain/lifecycle.js';
import { until } from '../harness/until.js';

interface Neighbour {
  readonly name: string;
  readonly accountId: string;
  readonly cidr: string;
  /** What it comes to after it has been asked. */
  readonly end: 'active' | 'declined' | 'parked';
}

const REGION = 'eu-central-1';
const NEIGHBOURS: readonly Neighbour[] = [
  { name: 'Globex', accountId: '222233334444', cidr: '10.200.0.0/16', end: 'active' },
  { name: 'Initech', accountId: '333344445555', cidr: '10.20.0.0/16', end: 'active' },
  { name: 'Hooli', accountId: '555566667777', cidr: '192.168.0.0/20', end: 'declined' },
  { name: 'Umbra', accountId: '666677778888', cidr: '172.20.0.0/16', end: 'parked' },
];

export async function addNeighbours(stack: LocalStack): Promise<void> {
  const connection = await Connection.connect({ address: stack.temporal.address });
  try {
    const client = new CausewayClient(new Client({ connection, namespace: stack.namespace }), {
      taskQueue: 'causeway',
    });
    for (const neighbour of NEIGHBOURS) await add(neighbour, { stack, client });
  } finally {
    await connection.close();
  }
}

async function add(
  { name, accountId, cidr, end }: Neighbour,
  { stack, client }: { stack: LocalStack; client: CausewayClient },
): Promise<void> {
  const customer = new SampleCustomer(stack.emulator.endpoint, accountId, REGION);
  const network = await customer.createNetwork({
    name,
    cidr,
    subnetCidrs: [cidr.replace(/\/\d+$/, '/24')],
  });
  const key = { organizationId: name.toLowerCase(), vpcId: network.vpcId };
  const untilState = (state: PeeringState): Promise<string> =>
    until(`${name} is ${state}`, async () => {
      const seen = await client.status(key);
      return seen.state === state ? (seen.peeringConnectionId ?? '') : undefined;
    });
  if (end === 'parked') {
    await stack.emulator.control.settings({
      quotaOverrides: { [`${PROVIDER_ACCOUNT}/eu-west-1`]: { vpcsPerRegion: 0 } },
    });
  }
  await client.request({
    ...key,
    customerName: name,
    awsAccountId: accountId,
    region: REGION,
    subnetCidrs: [...network.subnetCidrs],
    vpcCidrs: [network.cidr],
    access: [{ protocol: 'tcp', ports: [5432] }],
  });
  if (end !== 'parked') {
    const peeringId = await untilState('awaiting-acceptance');
    if (end === 'active') await customer.accept(peeringId);
    else await client.decline(key, { by: 'alice', reason: 'the wrong VPC' });
  }
  await untilState(end);
}
