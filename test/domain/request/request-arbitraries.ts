import fc from 'fast-check';
import { formatBlock, parseBlock } from '../../../domain/addresses/blocks.js';
import type { RequestContext } from '../../../domain/request.js';
import { REGIONS } from '../../../domain/regions/regions.js';

export const context: RequestContext = {
  providerAccountId: '111122223333',
  providerRegions: ['us-east-1', 'eu-west-1', 'ap-southeast-2'],
};

/** The example of the interface. */
export const example = {
  customerName: 'Acme',
  organizationId: 'org-42',
  awsAccountId: '444455556666',
  region: 'eu-west-1',
  vpcId: 'vpc-0a1b2c3d4e5f60718',
  subnetCidrs: ['172.31.0.0/20', '172.31.16.0/20'],
  vpcCidrs: ['172.31.0.0/16'],
  avoidCidrs: ['10.96.0.0/12', '203.0.113.7/32'],
  access: [{ protocol: 'tcp', ports: [5432, '8000-8100'] }],
  dnsResolution: true,
  networkGovernance: 'vpc',
  providerRegion: null,
  providerCidr: null,
};

const characters = (allowed: string): fc.Arbitrary<string> => fc.constantFrom(...Array.from(allowed));
const hex = characters('0123456789abcdef');
const digits = characters('0123456789');

const subnet = fc
  .tuple(fc.integer({ min: 0, max: 65_535 }), fc.integer({ min: 16, max: 32 }))
  .map(([offset, prefixLength]) => {
    const size = 2 ** (32 - prefixLength);
    const first = parseBlock('172.31.0.0/16').first + Math.floor(offset / size) * size;
    return formatBlock({ first, last: first + size - 1, prefixLength });
  });

const port = fc.oneof(
  fc.integer({ min: 0, max: 65_535 }),
  fc
    .tuple(fc.integer({ min: 0, max: 65_535 }), fc.integer({ min: 0, max: 65_535 }))
    .map(([a, b]) => `${String(Math.min(a, b))}-${String(Math.max(a, b))}`),
);
const ports = fc.option(fc.array(port, { minLength: 1, maxLength: 2 }));
const rule = fc.oneof(
  fc.record({ protocol: fc.constantFrom('tcp', 'udp'), ports }, { requiredKeys: ['protocol'] }),
  fc.constantFrom({ protocol: 'icmp' }, { protocol: 'icmp', ports: null }),
);

const name = fc.oneof(
  fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 100 }).map((text) => `A${text}`),
  fc.constantFrom(
    'Łódź Energia',
    'שלום בע״מ',
    '株式会社アクメ',
    '👩‍💻 & <b>',
    'a'.repeat(128),
    '💥'.repeat(128),
    "O'Neil; $(x)",
  ),
);

/** Requests of every shape the interface allows; at most 3 ranges and 2 rules, so that the rules always suffice. */
export const validRequest = fc.record(
  {
    customerName: name,
    organizationId: fc
      .tuple(characters('aZ09'), fc.string({ unit: characters('aZ09._-'), maxLength: 63 }))
      .map((parts) => parts.join('')),
    awsAccountId: fc
      .string({ unit: digits, minLength: 12, maxLength: 12 })
      .filter((id) => id !== context.providerAccountId),
    region: fc.constantFrom(...REGIONS),
    vpcId: fc.oneof(
      fc.string({ unit: hex, minLength: 8, maxLength: 8 }).map((id) => `vpc-${id}`),
      fc.string({ unit: hex, minLength: 17, maxLength: 17 }).map((id) => `vpc-${id}`),
    ),
    subnetCidrs: fc.uniqueArray(subnet, { minLength: 1, maxLength: 3 }),
    vpcCidrs: fc.constantFrom(null, ['172.31.0.0/16'], ['172.31.128.0/17', '172.31.0.0/17', '10.0.0.0/28']),
    avoidCidrs: fc.constantFrom(null, ['11.0.0.0/8'], ['240.0.0.0/8', '127.0.0.1/32', '172.31.0.0/24']),
    access: fc.option(fc.array(rule, { minLength: 1, maxLength: 2 })),
    dnsResolution: fc.option(fc.boolean()),
    networkGovernance: fc.constantFrom(null, 'vpc', 'transit-gateway'),
    providerRegion: fc.constantFrom(null, ...(context.providerRegions ?? [])),
    providerCidr: fc.constantFrom(null, '10.200.0.0/25', '192.168.0.0/16', '100.64.0.0/28'),
  },
  { requiredKeys: ['customerName', 'organizationId', 'awsAccountId', 'region', 'vpcId', 'subnetCidrs'] },
);

const notText = [undefined, null, 0, true, {}, [], ['Acme']] as const;
const notRanges = [
  undefined,
  null,
  '10.0.0.0/16',
  {},
  { 0: '10.0.0.0/16', length: 1 },
  [],
  [null],
  [['10.0.0.0/16']],
  ['0.0.0.0/0'],
  ['10.0.0.0/15'],
  ['10.0.0.1/24'],
  ['10.0.0.0/33'],
  ['::/0'],
  ['010.0.0.0/16'],
  ['127.0.0.0/16'],
  ['169.254.0.0/16'],
  ['0.1.0.0/16'],
  ['224.0.0.0/16'],
  ['240.1.0.0/24'],
  ['255.255.255.255/32'],
  ['10.0.0.0/24', '10.0.0.0/24'],
  Array.from({ length: 501 }, (_, index) => `10.${String(index >> 8)}.${String(index % 256)}.0/24`),
] as const;
const notPorts = [
  -1,
  65_536,
  1.5,
  NaN,
  null,
  true,
  '',
  '080',
  '1-',
  '-1',
  '1-2-3',
  '8100-8000',
  '1-65536',
  '99999',
  ' 80',
  '８０',
  '0x50',
  '80–90',
] as const;

/** Values each field must refuse, whatever the rest is. */
export const WRONG_VALUES: Readonly<Record<string, readonly unknown[]>> = {
  customerName: [
    ...notText,
    '',
    ' ',
    '\u3000\u200b',
    'a\u0000',
    'a\nb',
    'a\u001b[31m',
    'a\u0085',
    'a\u2028b',
    'a\u2029b',
    'a\ud800',
    '\udc00a',
    '\u202egnp',
    'a\u2066b',
    'a'.repeat(129),
    'x'.repeat(2_000_000),
  ],
  organizationId: [...notText, '', '-a', '.a', 'a b', 'a/b', 'é', 'a'.repeat(65), 'a\n', 'org 42'],
  awsAccountId: [
    ...notText,
    444455556666,
    '',
    '44445555666',
    '4444555566667',
    '44445555666a',
    '４44455556666',
    '444455556666\n',
    '111122223333',
  ],
  region: [
    ...notText,
    '',
    'eu-west-11',
    'us-gov-west-1',
    'cn-north-1',
    'us-iso-east-1',
    'EU-WEST-1',
    'eu-west-1 ',
    'constructor',
  ],
  vpcId: [
    ...notText,
    '',
    'vpc-',
    'vpc-0A1B2C3D',
    'vpc-0a1b2c3d4',
    'subnet-0a1b2c3d',
    'vpc-0a1b2c3d\n',
    'vpc-0a1b2c3d4e5f607189',
  ],
  subnetCidrs: notRanges,
  vpcCidrs: [
    ...notRanges.filter((value) => value !== undefined && value !== null),
    ['10.0.0.0/29'],
    ['10.0.0.0/32'],
  ],
  avoidCidrs: [
    '10.0.0.0/16',
    {},
    [],
    [null],
    ['10.0.0.0/7'],
    ['0.0.0.0/0'],
    ['10.0.0.1/24'],
    ['10.0.0.0/33'],
    ['fd00::/8'],
    ['10.0.0.0/8', '10.0.0.0/8'],
    Array.from({ length: 101 }, (_, index) => `10.0.${index.toString()}.0/24`),
  ],
  access: [
    0,
    'tcp',
    {},
    [],
    [null],
    ['tcp'],
    [[]],
    [{}],
    [{ protocol: null }],
    [{ protocol: 'TCP' }],
    [{ protocol: 'sctp' }],
    [{ protocol: '6' }],
    [{ protocol: 'icmp', ports: [8] }],
    [{ protocol: 'tcp', ports: [] }],
    [{ protocol: 'tcp', ports: 443 }],
    [{ protocol: 'tcp', ports: '443' }],
    [{ protocol: 'tcp', port: 443 }],
    [{ protocol: 'tcp', ports: Array.from({ length: 101 }, () => 443) }],
    Array.from({ length: 51 }, () => ({ protocol: 'tcp', ports: [443] })),
    ...notPorts.map((port) => [{ protocol: 'udp', ports: [53, port] }]),
  ],
  dnsResolution: [0, 1, 'true', {}, []],
  networkGovernance: [0, '', 'VPC', 'tgw', {}, []],
  providerRegion: [0, '', 'eu-west-2', 'us-gov-west-1', {}, []],
  providerCidr: [
    0,
    '',
    '8.8.8.0/24',
    '10.0.0.0/15',
    '10.0.0.0/29',
    '172.17.0.0/24',
    '198.18.0.0/24',
    '10.200.0.1/25',
    '::/64',
    {},
    [],
  ],
};
