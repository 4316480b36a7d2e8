import { CUSTOMER, PROVIDER } from '../harness/emulator.js';

/** A request that is wrong, or something that is none, and what the failure has to name. */
export interface Malformed {
  readonly what: string;
  /** Arguments of the workflow, as a starter would pass them. */
  readonly args: readonly unknown[];
  readonly names: readonly string[];
}

/** Right in every field; that VPC is nobody's, for nobody gets as far as to look for it. */
export const VALID = {
  customerName: 'Acme',
  organizationId: 'org-42',
  awsAccountId: CUSTOMER,
  region: 'eu-central-1',
  vpcId: 'vpc-0a1b2c3d4e5f60718',
  subnetCidrs: ['172.31.0.0/20'],
} as const;

const LONG_NAME = 2_000_000;
const MANY_RANGES = 10_000;

function wrong(what: string, change: Readonly<Record<string, unknown>>, ...names: string[]): Malformed {
  return { what, args: [{ ...VALID, ...change }], names: names.length > 0 ? names : Object.keys(change) };
}

function ranges(what: string, ...subnetCidrs: readonly unknown[]): Malformed {
  return wrong(what, { subnetCidrs });
}

const everyFieldWrong = {
  customerName: '',
  organizationId: '-org',
  awsAccountId: 444455556666,
  region: 'eu-central-9',
  vpcId: 'subnet-0a1b2c3d4e5f60718',
  subnetCidrs: ['0.0.0.0/0'],
  vpcCidrs: ['172.31.0.0/29'],
  access: [{ protocol: 'gre' }],
  dnsResolution: 'yes',
  networkGovernance: 'none',
  providerRegion: 'sa-east-1',
  providerCidr: '10.200.0.1/25',
  surprise: true,
};

/** One for each thing that can be wrong with a field, then several at once, then what is no request at all. */
export const MALFORMED: readonly Malformed[] = [
  wrong('an account of 11 digits', { awsAccountId: '44445555666' }),
  wrong('an account with a letter', { awsAccountId: '44445555666a' }),
  wrong('the account of the provider itself', { awsAccountId: PROVIDER }),
  wrong('a VPC id of another kind', { vpcId: 'vpc-XYZ' }),
  wrong('a region that is none', { region: 'eu-central-9' }),
  wrong('a region of GovCloud', { region: 'us-gov-west-1' }, 'region', 'aws-us-gov'),
  wrong('a region of China', { region: 'cn-north-1' }, 'region', 'aws-cn'),
  ranges('host bits', '172.31.0.1/20'),
  ranges('a /7', '10.0.0.0/7'),
  ranges('a /33', '172.31.0.0/33'),
  ranges('IPv6', '2001:db8::/32'),
  ranges('duplicates', '172.31.0.0/20', '172.31.0.0/20'),
  ranges('an empty list'),
  ranges('ranges that are numbers', 1, null),
  ranges(
    '10,000 ranges',
    ...Array.from({ length: MANY_RANGES }, (_, index) => `10.${index >> 8}.${index & 255}.0/24`),
  ),
  wrong('one text instead of a list', { subnetCidrs: '172.31.0.0/20' }),
  wrong('ranges outside the declared VPC', { vpcCidrs: ['10.0.0.0/16'] }, 'subnetCidrs'),
  wrong('negative ports', { access: [{ protocol: 'tcp', ports: [-1] }] }),
  wrong('ports above 65535', { access: [{ protocol: 'tcp', ports: ['8000-65536'] }] }),
  wrong('reversed ports', { access: [{ protocol: 'tcp', ports: ['8100-8000'] }] }),
  wrong('another protocol', { access: [{ protocol: 'gre', ports: [1] }] }),
  wrong('an unknown governance', { networkGovernance: 'cloud-wan' }),
  wrong('an unknown field', { vpcCidr: '172.31.0.0/16' }),
  wrong('a name with a control character', { customerName: 'Ac\u0007me' }),
  wrong('a name with a line break', { customerName: 'Acme\nGlobex' }),
  wrong('an empty name', { customerName: '' }),
  wrong('a name of 2,000,000 characters', { customerName: 'x'.repeat(LONG_NAME) }),
  wrong('an organization id with a slash', { organizationId: 'org/42' }),
  wrong('a name that is a number', { customerName: 42 }),
  {
    what: 'an object without any field',
    args: [{}],
    names: Object.keys(VALID),
  },
  { what: 'every field wrong at once', args: [everyFieldWrong], names: Object.keys(everyFieldWrong) },
  { what: 'no argument', args: [], names: ['request', ...Object.keys(VALID)] },
  { what: 'null', args: [null], names: ['request', ...Object.keys(VALID)] },
  { what: 'a text', args: [JSON.stringify(VALID)], names: ['request', ...Object.keys(VALID)] },
  { what: 'an array', args: [[VALID]], names: ['request', ...Object.keys(VALID)] },
];
