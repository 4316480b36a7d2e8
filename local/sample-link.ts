import { setTimeout as delay } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { CausewayClient } from '../client/causeway-client.js';
import { LONGEST_LINK_DAYS, signLink } from '../client/links/customer-link.js';
import { linkUrl } from '../client/links/link-url.js';
import { DAY_MS } from '../domain/durations.js';
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
    const generation = await client.renewLink(key, 'npm run local');
    const now = Date.now();
    const expiresAt = now + LONGEST_LINK_DAYS * DAY_MS;
    return linkUrl(gateway.url, signLink({ ...key, generation, expiresAt }, gateway.linkKeys, now));
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
