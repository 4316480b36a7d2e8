import { setTimeout as delay } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { CausewayClient } from '../client/causeway-client.js';
import { newLink } from '../client/links/new-link.js';
import type { LocalGateway } from './gateway.js';
import type { SampleNetwork } from './sample-customer.js';
import type { LocalStack } from './stack.js';

const WAITING_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 250;

/**
 * Requests a peering with the sample customer, and makes the link that it would be sent.
 *
 * @throws Error when the request does not come as far as to wait for the customer
 */
export async function sampleLink(
  { temporal }: LocalStack,
  gateway: LocalGateway,
  network: SampleNetwork,
): Promise<string> {
  const key = { organizationId: 'acme', vpcId: network.vpcId };
  const connection = await Connection.connect({ address: temporal.address });
  try {
    const client = new CausewayClient(new Client({ connection }), { taskQueue: 'causeway' });
    await client.request({
      ...key,
      customerName: 'Acme',
      awsAccountId: network.accountId,
      region: network.region,
      subnetCidrs: [...network.subnetCidrs],
      vpcCidrs: [network.cidr],
      access: [{ protocol: 'tcp', ports: [5432, '8000-8100'] }],
    });
    await untilAsked(client, key);
    const { linkKeys: keys, url: publicUrl } = gateway;
    return (await newLink(client, { key, by: 'npm run local' }, { keys, publicUrl })).url;
  } finally {
    await connection.close();
  }
}

async function untilAsked(
  client: CausewayClient,
  key: { organizationId: string; vpcId: string },
): Promise<void> {
  const deadline = Date.now() + WAITING_WITHIN_MS;
  while ((await client.status(key)).state !== 'awaiting-acceptance') {
    if (Date.now() > deadline) throw new Error('the sample request is not before the customer in time');
    await delay(LOOK_EVERY_MS);
  }
}
