import { parseArgs } from 'node:util';
import { EC2Client } from '@aws-sdk/client-ec2';
import { Client, Connection } from '@temporalio/client';
import { CausewayClient, type PeeringStatus } from '../../client/index.js';
import { CUSTOMER_ACCOUNT, PROVIDER_ACCOUNT } from '../accounts.js';
import type { Inventory } from '../emulator-inventory.js';
import { credentialsFor } from '../emulator.js';
import { untilInterrupted } from '../interrupt.js';
import { leftovers } from '../leftovers.js';
import { SampleCustomer } from '../sample-customer.js';
import { startStack, type LocalStack } from '../stack.js';
import { showBothSides } from './aws-tables.js';
import { Narrator } from './narrator.js';
import { Story, type DemoConnection } from './story.js';

const OBSERVE_EVERY = '2 seconds';

const HELP = `npm run demo [-- --keep]

Starts Temporal, an emulated AWS with a provider and a customer account, and a worker; peers two customers, shows what was
built on both sides, and takes everything down again.

  --keep   stay up at the end and print the addresses, until Ctrl-C`;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { keep: { type: 'boolean' }, help: { type: 'boolean' } } });
  if (values.help === true) {
    process.stdout.write(`${HELP}\n`);
    return;
  }
  const narrator = new Narrator();
  const interrupted = untilInterrupted();
  const stack = await narrator.step('starting Temporal and an emulated AWS with two accounts', () =>
    startStack({ observeEvery: OBSERVE_EVERY, ui: true }),
  );
  try {
    await Promise.race([
      play(stack, { narrator, keep: values.keep === true, interrupted }),
      interrupted.thrown,
    ]);
  } finally {
    await narrator.step('stopping the local stack', () => stack.stop());
  }
}

interface Stage {
  narrator: Narrator;
  keep: boolean;
  interrupted: ReturnType<typeof untilInterrupted>;
}

async function play(stack: LocalStack, { narrator, keep, interrupted }: Stage): Promise<void> {
  await narrator.step('starting the worker', () => stack.startWorker());
  const connection = await Connection.connect({ address: stack.temporal.address });
  const client = new CausewayClient(new Client({ connection }));
  narrator.line(`Temporal UI: ${stack.temporal.uiUrl ?? ''}`);

  const story = new Story(narrator, client);
  const connected: { demo: DemoConnection; status: PeeringStatus }[] = [];
  for (const demo of await createCustomers(stack)) {
    const { network, request } = demo;
    narrator.heading(
      `${String(request['customerName'])}: VPC ${network.vpcId}, ${network.cidr} in ${network.region}`,
    );
    await story.showPlan(demo);
    const status = await story.connect(demo);
    const ec2 = providerEc2(stack, status.provider?.region ?? '');
    await showBothSides(narrator, demo, { ec2, status });
    connected.push({ demo, status });
  }

  if (keep) {
    narrator.heading('Everything stays up until Ctrl-C');
    tellAddresses(stack, narrator);
    await interrupted.promise;
  }
  narrator.heading('Taking everything down');
  for (const { demo } of connected) {
    await client.close(demo.request, { by: 'the demo' });
    await story.follow(demo.request, 'released');
  }
  proveNothingIsLeft(await stack.emulator.control.inventory(), narrator);
  narrator.heading('What was chosen');
  for (const { demo, status } of connected) {
    const { cidr, region } = demo.network;
    narrator.line(
      `  ${String(demo.request['customerName'])}, ${cidr} in ${region}: got ${status.provider?.cidr ?? ''} in ${status.provider?.region ?? ''}`,
    );
  }
  await connection.close();
}

/** One customer leaves the default block free; the other's VPC covers the whole of the first range. */
async function createCustomers(stack: LocalStack): Promise<DemoConnection[]> {
  const wanted = [
    {
      name: 'Acme',
      organizationId: 'acme',
      region: 'eu-central-1',
      cidr: '172.31.0.0/16',
      subnetCidrs: ['172.31.0.0/20', '172.31.16.0/20'],
      access: [{ protocol: 'tcp', ports: [5432, '8000-8100'] }],
    },
    {
      name: 'Globex',
      organizationId: 'globex',
      region: 'eu-west-1',
      cidr: '10.200.0.0/16',
      subnetCidrs: ['10.200.0.0/20', '10.200.16.0/20'],
      access: [{ protocol: 'tcp', ports: [443] }],
    },
  ];
  return Promise.all(
    wanted.map(async ({ name, organizationId, region, cidr, subnetCidrs, access }) => {
      const customer = new SampleCustomer(stack.emulator.endpoint, CUSTOMER_ACCOUNT, region);
      const network = await customer.createNetwork({ name, cidr, subnetCidrs });
      const request = {
        customerName: name,
        organizationId,
        awsAccountId: network.accountId,
        region,
        vpcId: network.vpcId,
        subnetCidrs,
        vpcCidrs: [cidr],
        access,
      };
      return { customer, network, request };
    }),
  );
}

function providerEc2(stack: LocalStack, region: string): EC2Client {
  return new EC2Client({
    endpoint: stack.emulator.endpoint,
    region,
    credentials: credentialsFor(PROVIDER_ACCOUNT),
  });
}

function tellAddresses({ temporal, emulator }: LocalStack, narrator: Narrator): void {
  const { accessKeyId, secretAccessKey } = credentialsFor(PROVIDER_ACCOUNT);
  narrator.line(`  Temporal UI        ${temporal.uiUrl ?? ''}`);
  narrator.line(`  TEMPORAL_ADDRESS   ${temporal.address}`);
  narrator.line(
    `  AWS_ENDPOINT_URL   ${emulator.endpoint}   (provider: ${accessKeyId} / ${secretAccessKey})`,
  );
  narrator.line(`  try                TEMPORAL_ADDRESS=${temporal.address} npm run causeway -- list`);
}

/** Peerings that are over stay visible in AWS for a while; nobody can delete those. */
function proveNothingIsLeft(inventory: Inventory, narrator: Narrator): void {
  const { peerings } = inventory;
  const open = peerings.filter(({ status }) => status !== 'deleted');
  const left = new Set([
    ...leftovers(inventory),
    ...open.map(({ vpcPeeringConnectionId }) => vpcPeeringConnectionId),
  ]);
  if (left.size > 0) throw new Error(`AWS still holds ${[...left].join(', ')}`);
  narrator.done(
    `AWS holds nothing with Causeway's tags in either account (${peerings.length.toString()} peerings, all deleted)`,
  );
}

main().catch((error: unknown) => {
  process.stderr.write(`demo: ${error instanceof Error ? error.message : String(error)}\n`);
  // Not only the exit status: the story that was interrupted still asks the stopped Temporal, for as long as 20 s.
  process.exit(1);
});
