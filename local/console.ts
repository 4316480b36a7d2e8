import {
  DescribeRouteTablesCommand,
  DescribeVpcPeeringConnectionsCommand,
  RejectVpcPeeringConnectionCommand,
  type VpcPeeringConnection,
} from '@aws-sdk/client-ec2';
import { serve, type ServerType } from '@hono/node-server';
import { Hono } from 'hono';
import { html, type Html } from '../gateway/pages/html.js';
import type { SampleCustomer } from './sample-customer.js';

/** What stands in for the AWS console, where the customer's account is an emulated one. */
export interface LocalConsole {
  /** With `{region}`, as `CAUSEWAY_AWS_CONSOLE` takes it. */
  readonly address: string;
  stop(): Promise<void>;
}

const SAME_ORIGIN = { 'Content-Security-Policy': "default-src 'none'; form-action 'self'" };

/** Shows the peerings of the sample customer, who can accept or reject them and add the route. */
export async function startConsole(customer: SampleCustomer): Promise<LocalConsole> {
  const app = new Hono();
  app.get('/:region/vpcconsole/home', async (context) => {
    const { VpcPeeringConnections = [] } = await customer.ec2.send(
      new DescribeVpcPeeringConnectionsCommand({}),
    );
    const own = VpcPeeringConnections.filter(
      ({ AccepterVpcInfo }) => AccepterVpcInfo?.OwnerId === customer.accountId,
    );
    return context.html(consolePage(customer, own).toString(), 200, SAME_ORIGIN);
  });
  app.post('/:region/:action/:id', async (context) => {
    const { region, action, id } = context.req.param();
    if ((context.req.header('Sec-Fetch-Site') ?? 'same-origin') !== 'same-origin')
      return context.body(null, 403);
    await act(customer, action, id);
    return context.redirect(`/${region}/vpcconsole/home`, 303);
  });
  const { server, port } = await listening(app);
  return {
    address: `http://127.0.0.1:${port}/{region}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        if ('closeAllConnections' in server) server.closeAllConnections();
      }),
  };
}

function listening(app: Hono): Promise<{ server: ServerType; port: number }> {
  return new Promise((resolve) => {
    const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => {
      resolve({ server, port });
    });
  });
}

async function act(customer: SampleCustomer, action: string, peeringId: string): Promise<void> {
  if (action === 'accept') await customer.accept(peeringId);
  if (action === 'reject')
    await customer.ec2.send(new RejectVpcPeeringConnectionCommand({ VpcPeeringConnectionId: peeringId }));
  if (action === 'route') await addRoutes(customer, peeringId);
}

async function addRoutes(customer: SampleCustomer, vpcPeeringConnectionId: string): Promise<void> {
  const { VpcPeeringConnections } = await customer.ec2.send(
    new DescribeVpcPeeringConnectionsCommand({ VpcPeeringConnectionIds: [vpcPeeringConnectionId] }),
  );
  const [peering] = VpcPeeringConnections ?? [];
  const to = peering?.RequesterVpcInfo?.CidrBlock ?? '';
  const { RouteTables = [] } = await customer.ec2.send(
    new DescribeRouteTablesCommand({
      Filters: [{ Name: 'vpc-id', Values: [peering?.AccepterVpcInfo?.VpcId ?? ''] }],
    }),
  );
  for (const { RouteTableId, Routes = [] } of RouteTables) {
    if (RouteTableId === undefined || Routes.some((route) => route.DestinationCidrBlock === to)) continue;
    await customer.addRoute({ routeTableId: RouteTableId, to, vpcPeeringConnectionId });
  }
}

function consolePage({ accountId, region }: SampleCustomer, peerings: readonly VpcPeeringConnection[]): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>Emulated AWS console</title>
      </head>
      <body>
        <h1>Emulated AWS console</h1>
        <p>Account ${accountId}, ${region}. Peering connections:</p>
        ${peerings.map((peering) => peeringOf(peering, region))}
      </body>
    </html>`;
}

function peeringOf(peering: VpcPeeringConnection, region: string): Html {
  const id = peering.VpcPeeringConnectionId ?? '';
  const state = peering.Status?.Code ?? '';
  const { RequesterVpcInfo: from, AccepterVpcInfo: to } = peering;
  const button = (action: string, title: string): Html =>
    html`<form method="post" action="/${region}/${action}/${id}"><button>${title}</button></form>`;
  return html`<h2>${id}: ${state}</h2>
    <p>
      From account ${from?.OwnerId ?? ''}, ${from?.VpcId ?? ''} in ${from?.Region ?? ''}, to
      ${to?.VpcId ?? ''}
    </p>
    ${state === 'pending-acceptance' && [button('accept', 'Accept request'), button('reject', 'Reject request')]}
    ${state === 'active' && button('route', 'Add the route to all route tables of the VPC')}`;
}
