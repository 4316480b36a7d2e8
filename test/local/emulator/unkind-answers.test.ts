import { CreateVpcCommand, DescribeVpcsCommand, type EC2Client } from '@aws-sdk/client-ec2';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { describe, expect, it } from '@jest/globals';
import { PROVIDER, type Keys, type TestEmulator } from '../../harness/emulator.js';
import { withEmulator } from '../../harness/with-emulator.js';
import { codeOf, createVpc } from '../../harness/networks.js';
import { assumeRole } from '../../harness/roles.js';

let emulator: TestEmulator;
let client: EC2Client;

withEmulator((lent) => {
  emulator = lent;
  client = emulator.ec2(PROVIDER);
});

const look = (from: EC2Client = client): Promise<string> => codeOf(from.send(new DescribeVpcsCommand({})));

const assume = (role: string, session: string): Promise<Keys> =>
  assumeRole(emulator, { by: PROVIDER, roleArn: `arn:aws:iam::${PROVIDER}:role/causeway/${role}`, session });

describe('any answer to any call', () => {
  it.each([
    ['RequestExpired', 400],
    ['AuthFailure', 401],
    ['UnauthorizedOperation', 403],
    ['RegionDisabledException', 403],
    ['NobodyListedThis', 418],
    ['NobodyListedThisEither', 599],
  ])('%s with status %d', async (code, status) => {
    await emulator.control.addFault({ action: 'DescribeVpcs', kind: 'error', code, status });
    await expect(client.send(new DescribeVpcsCommand({}))).rejects.toMatchObject({
      name: code,
      $metadata: { httpStatusCode: status },
    });
  });

  it.each([
    [401, ''],
    [403, '<html><body>Forbidden by a proxy</body></html>'],
    [404, ''],
    [502, ''],
  ])('status %d with the body %j in place of XML', async (status, body) => {
    await emulator.control.addFault({ action: 'DescribeVpcs', kind: 'error', status, body });
    await expect(client.send(new DescribeVpcsCommand({}))).rejects.toMatchObject({
      $metadata: { httpStatusCode: status },
    });
    expect(await emulator.control.calls()).toMatchObject([{ outcome: String(status), effect: false }]);
  });

  it('by STS too', async () => {
    const identity = (): Promise<string> =>
      codeOf(emulator.sts(PROVIDER).send(new GetCallerIdentityCommand({})));
    for (const code of ['InvalidClientTokenId', 'RegionDisabledException']) {
      await emulator.control.addFault({ action: 'GetCallerIdentity', kind: 'error', code });
      expect(await identity()).toBe(code);
    }
    await emulator.control.addFault({ action: 'AssumeRole', kind: 'error', code: 'IDPCommunicationError' });
    expect(await codeOf(assume('observer', 'causeway-observe'))).toMatch(/^IDPCommunicationError/);
    expect(await identity()).toBe('no error');
  });

  it('as a policy of the organization words them', async () => {
    const denied =
      `You are not authorized to perform this operation. User: arn:aws:sts::${PROVIDER}:assumed-role/provisioner/` +
      'causeway-provision is not authorized to perform: ec2:CreateVpc with an explicit deny in a service control policy';
    await emulator.control.addFault({
      action: 'CreateVpc',
      kind: 'error',
      code: 'UnauthorizedOperation',
      message: denied,
    });
    await expect(client.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/24' }))).rejects.toMatchObject({
      name: 'UnauthorizedOperation',
      message: denied,
      $metadata: { httpStatusCode: 403 },
    });
    const message = "The tag policy does not allow the specified value for the following tag key: 'Name'.";
    await emulator.control.addFault({
      action: 'CreateVpc',
      kind: 'error',
      code: 'TagPolicyViolation',
      message,
    });
    await expect(client.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/24' }))).rejects.toMatchObject({
      name: 'TagPolicyViolation',
      message,
      $metadata: { httpStatusCode: 400 },
    });
  });
});

describe('a rule for some', () => {
  it('strikes the sessions of one role, or with one name', async () => {
    const observer = emulator.ec2(await assume('observer', 'causeway-observe'));
    const provisioner = emulator.ec2(await assume('provisioner', 'causeway-provision'));
    const id = await emulator.control.addFault({ action: '*', role: 'observer', kind: 'error', times: null });
    expect([await look(observer), await look(provisioner), await look()]).toEqual([
      'InternalError',
      'no error',
      'no error',
    ]);
    await emulator.control.removeFault(id);
    await emulator.control.addFault({ action: '*', session: '*-provision', kind: 'error', times: null });
    expect([await look(observer), await look(provisioner), await look()]).toEqual([
      'no error',
      'InternalError',
      'no error',
    ]);
    const calls = await emulator.control.calls({ action: 'DescribeVpcs' });
    expect(calls.slice(0, 3).map(({ role, session }) => [role, session])).toEqual([
      ['observer', 'causeway-observe'],
      ['provisioner', 'causeway-provision'],
      ['', ''],
    ]);
  });

  it('refuses the assuming of that role', async () => {
    await emulator.control.addFault({
      action: 'AssumeRole',
      role: 'observer',
      kind: 'error',
      code: 'AccessDenied',
      times: null,
    });
    expect(await codeOf(assume('observer', 'causeway-observe'))).toBe('AccessDenied');
    expect(await codeOf(assume('provisioner', 'causeway-provision'))).toBe('no error');
  });

  it('strikes the calls that name a resource', async () => {
    const [first, second] = [await createVpc(client, '10.1.0.0/24'), await createVpc(client, '10.2.0.0/24')];
    await emulator.control.addFault({ action: 'DescribeVpcs', resource: first, kind: 'error', times: null });
    const byId = (id: string): Promise<string> =>
      codeOf(client.send(new DescribeVpcsCommand({ VpcIds: [id] })));
    const byFilter = client.send(new DescribeVpcsCommand({ Filters: [{ Name: 'vpc-id', Values: [first] }] }));
    expect([await byId(first), await byId(second), await codeOf(byFilter), await look()]).toEqual([
      'InternalError',
      'no error',
      'InternalError',
      'no error',
    ]);
  });

  it('ends so many seconds after it first struck', async () => {
    await emulator.control.addFault({ action: 'DescribeVpcs', kind: 'error', seconds: 60 });
    await emulator.control.advance(3_600);
    expect([await look(), await look()]).toEqual(['InternalError', 'InternalError']);
    await emulator.control.advance(61);
    expect(await look()).toBe('no error');
  });
});
