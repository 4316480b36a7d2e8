import { CausewayClient } from '../../client/causeway-client.js';
import { newLink } from '../../client/links/new-link.js';
import { startConsole, type LocalConsole } from '../../local/console.js';
import type { LocalGateway } from '../../local/gateway.js';
import { startStackWorld, type StackCustomer, type StackWorld } from './stack.js';
import { startBrowser, type TestBrowser } from './browser.js';
import { CUSTOMER } from './emulator.js';
import { SampleCustomer } from '../../local/sample-customer.js';

/** The whole of it, and a browser in front. */
export interface PagesWorld extends StackWorld {
  readonly gateway: LocalGateway;
  readonly browser: TestBrowser;
  readonly causeway: CausewayClient;
  /** A customer that is asked, and its link. */
  asked(wanted?: Parameters<StackWorld['newCustomer']>[0]): Promise<Asked>;
  linkFor(customer: StackCustomer): Promise<string>;
}

export interface Asked {
  readonly customer: StackCustomer;
  readonly link: string;
  readonly peeringId: string;
}

export async function startPagesWorld(): Promise<PagesWorld> {
  const world = await startStackWorld();
  const started: { stop(): Promise<void> }[] = [world];
  try {
    const seat = new SampleCustomer(world.stack.emulator.endpoint, CUSTOMER, 'eu-central-1');
    const console: LocalConsole = await startConsole(seat);
    started.push(console);
    const [gateway, browser] = await Promise.all([
      world.stack.startGateway({
        env: {
          CAUSEWAY_AWS_CONSOLE: console.address,
          CAUSEWAY_PROVIDER_NAME: 'Example Provider',
          CAUSEWAY_TEMPORAL_UI: 'http://127.0.0.1:8233',
        },
      }),
      startBrowser(),
    ]);
    started.push(browser);
    const causeway = new CausewayClient(world.client, { taskQueue: 'causeway' });
    const linkFor = async ({ request }: StackCustomer): Promise<string> => {
      const { linkKeys: keys, url: publicUrl } = gateway;
      return (await newLink(causeway, { key: request, by: 'test' }, { keys, publicUrl })).url;
    };
    return {
      ...world,
      gateway,
      browser,
      causeway,
      linkFor,
      asked: async (wanted) => {
        const customer = await world.newCustomer(wanted);
        await causeway.request({ ...customer.request });
        const { peeringConnectionId } = await world.untilState(customer.provisionId, 'awaiting-acceptance');
        return { customer, link: await linkFor(customer), peeringId: peeringConnectionId ?? '' };
      },
      stop: async () => {
        for (const part of started.toReversed()) await part.stop();
      },
    };
  } catch (error) {
    for (const part of started.toReversed()) await part.stop();
    throw error;
  }
}
