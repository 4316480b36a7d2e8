/** Days go by between building the network and opening it. */
import {
  AuthorizeSecurityGroupEgressCommand,
  CreateNetworkAclEntryCommand,
  DeleteNetworkAclEntryCommand,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { customerAcceptedSignal } from '../../contract/messages.js';
import type { PeeringStatus } from '../../contract/status.js';
import { PROVIDER } from '../harness/emulator.js';
import { openings } from '../harness/living-connection.js';
import { acceptInAws, startAndWait } from '../harness/peering-story.js';
import { startSkippingWorld, type SkippingWorld } from '../harness/time-skipping.js';

let world: SkippingWorld;
beforeAll(async () => {
  world = await startSkippingWorld();
});
afterAll(() => world.stop());

const ANY = '0.0.0.0/0';

/** As a person in the provider's account might: one rule less, and far more open in two places. */
async function meddleWith({ provider }: PeeringStatus): Promise<void> {
  const aws = world.aws.ec2(PROVIDER, provider?.region ?? '');
  const NetworkAclId = provider?.networkAclId ?? '';
  await aws.send(new DeleteNetworkAclEntryCommand({ NetworkAclId, RuleNumber: 100, Egress: true }));
  for (const Egress of [true, false]) {
    const entry = { RuleNumber: 50, Protocol: '-1', RuleAction: 'allow', CidrBlock: ANY } as const;
    await aws.send(new CreateNetworkAclEntryCommand({ ...entry, NetworkAclId, Egress }));
  }
  const IpPermissions = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: ANY }] }];
  const GroupId = provider?.securityGroupId ?? '';
  await aws.send(new AuthorizeSecurityGroupEgressCommand({ GroupId, IpPermissions }));
}

it('puts right what hands have done to the rules meanwhile, before the first route is made', async () => {
  const started = await startAndWait(world);
  const { rules, egress, ingress } = await openings(world);
  await meddleWith(started.waiting);
  expect((await openings(world)).egress).not.toEqual(egress);
  await acceptInAws(world, started);
  await world.aws.control.clearCalls();
  await started.handle.signal(customerAcceptedSignal, {});
  await started.handle.result();

  expect(await openings(world)).toMatchObject({ rules, egress, ingress, routes: ['172.31.0.0/20 active'] });
  const calls = await world.aws.control.calls({ account: PROVIDER });
  const effects = calls.filter(({ effect }) => effect).map(({ action }) => action);
  expect(effects.indexOf('CreateRoute')).toBeGreaterThan(effects.indexOf('RevokeSecurityGroupEgress'));
  expect(effects.slice(0, 3)).toEqual([
    'CreateNetworkAclEntry',
    'DeleteNetworkAclEntry',
    'DeleteNetworkAclEntry',
  ]);
});
