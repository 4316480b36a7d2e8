import { CUSTOMER_ACCOUNT, PROVIDER_ACCOUNT } from './accounts.js';
import { Narrator } from './demo/narrator.js';
import { credentialsFor } from './emulator.js';
import { startConsole } from './console.js';
import { untilInterrupted } from './interrupt.js';
import { SampleCustomer } from './sample-customer.js';
import { sampleLink } from './sample-link.js';
import { startStack } from './stack.js';

const OBSERVE_EVERY = '5 seconds';
const SAMPLE_RANGES = { cidr: '172.31.0.0/16', subnetCidrs: ['172.31.0.0/20', '172.31.16.0/20'] };

/** The local stack in the foreground, with a customer to try it on, until Ctrl-C. */
async function main(): Promise<void> {
  const narrator = new Narrator();
  const interrupted = untilInterrupted();
  const stack = await narrator.step('starting Temporal and an emulated AWS with two accounts', () =>
    startStack({ observeEvery: OBSERVE_EVERY, ui: true }),
  );
  const started: { stop(): Promise<void> }[] = [stack];
  try {
    await narrator.step('starting the worker', () => stack.startWorker());
    const customer = new SampleCustomer(stack.emulator.endpoint, CUSTOMER_ACCOUNT, 'eu-central-1');
    const awsConsole = await startConsole(customer);
    started.push(awsConsole);
    const gateway = await narrator.step('starting the gateway', () =>
      stack.startGateway({
        env: {
          CAUSEWAY_AWS_CONSOLE: awsConsole.address,
          CAUSEWAY_PROVIDER_NAME: 'Example Provider',
          CAUSEWAY_TEMPORAL_UI: stack.temporal.uiUrl ?? '',
        },
      }),
    );
    const asked = await customer.createNetwork({ name: 'Acme', ...SAMPLE_RANGES });
    const network = await customer.createNetwork({ name: 'Umbra', ...SAMPLE_RANGES });
    const link = await narrator.step('requesting a peering with it', () => sampleLink(stack, gateway, asked));
    const provider = credentialsFor(PROVIDER_ACCOUNT);
    narrator.table(
      'Local stack',
      ['what', 'where'],
      [
        ["operator's page", `${gateway.url}/`],
        ['Temporal UI', stack.temporal.uiUrl ?? ''],
        ['HTTP API', `${gateway.url}/v1, described at ${gateway.url}/openapi.json`],
        ['its key', gateway.apiKey],
        ['TEMPORAL_ADDRESS', stack.temporal.address],
        ['AWS_ENDPOINT_URL', stack.emulator.endpoint],
        ['provider', `${PROVIDER_ACCOUNT}, key ${provider.accessKeyId}, any secret`],
        ['customer', `${CUSTOMER_ACCOUNT}, key ${credentialsFor(CUSTOMER_ACCOUNT).accessKeyId}, any secret`],
        [
          'sample VPC',
          `${network.vpcId}, ${network.cidr}, ${network.subnetCidrs.join(' and ')} in ${network.region}`,
        ],
        ['logs', stack.logDirectory],
      ],
    );
    narrator.line(`\nThe customer's link, for a VPC that is asked for already:\n${link}\n`);
    narrator.line('Ctrl-C stops it.');
    await interrupted.promise;
  } finally {
    for (const part of started.toReversed()) await part.stop();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`local: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
