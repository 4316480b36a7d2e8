import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { customerDeclinedSignal, statusQuery } from '../../../contract/messages.js';
import { requestForNewVpc } from '../../harness/requests.js';
import { startSkippingWorld, type SkippingWorld } from '../../harness/time-skipping.js';
import { causeway, causewayRefused } from './command-line.js';

let world: SkippingWorld;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  world = await startSkippingWorld();
  env = { TEMPORAL_ADDRESS: world.env.connection.options.address, TEMPORAL_NAMESPACE: 'default' };
});
afterAll(() => world.stop());

it('tells a parked connection to try at once, by the name that is given, and no other', async () => {
  await world.aws.control.addFault({
    action: 'CreateSubnet',
    kind: 'error',
    code: 'UnauthorizedOperation',
    times: null,
  });
  const request = await requestForNewVpc(world.aws);
  const { organizationId, vpcId } = request;
  const handle = await world.start(request);
  await world.until(handle, 'parked');

  const told = await causeway(['retry', organizationId, vpcId, '--by', 'ops', '--json'], { env });
  expect({ ...told, stdout: JSON.parse(told.stdout) as unknown }).toEqual({
    status: 0,
    stderr: '',
    stdout: { organizationId, vpcId, told: 'retry', outcome: expect.stringContaining('is tried now') },
  });
  await world.aws.control.clearFaults();
  await world.until(handle, 'awaiting-acceptance');
  const { history } = await handle.query(statusQuery);
  expect(history.map(({ note }) => note)).toContain('"ops" wants it tried at once');

  const refused = await causewayRefused(['retry', organizationId, vpcId], { env });
  expect(refused.line).toMatch(/is not parked, .*: it is awaiting-acceptance$/);
  expect(refused.status).toBe(3);
  await handle.signal(customerDeclinedSignal, {});
  await world.until(handle, 'declined');
});
