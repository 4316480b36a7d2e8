import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cidrsOverlap } from '../../../domain/addresses/blocks.js';
import {
  compareWithAws,
  type PooledBlock,
  type TaggedVpc,
} from '../../../domain/addresses/compare-with-aws.js';

const scopeOf = (connection: string): string => connection.split('/')[0] ?? '';

const scopesOf = (connection: string): [string] => [scopeOf(connection)];
/** With the pools of customers' networks. */
const bothScopesOf = (connection: string): [string, string] => [
  scopeOf(connection),
  `customer:${connection.split('/')[1] ?? ''}`,
];

const block = (holder: string, cidr: string): PooledBlock => ({ scope: scopeOf(holder), cidr, holder });
const vpc = (connection: string, cidr: string, vpcId = 'vpc-0a1b2c3d4e5f60718'): TaggedVpc => ({
  region: 'eu-west-1',
  vpcId,
  cidr,
  connection,
});

describe('the comparison of pools and AWS', () => {
  it('finds nothing where every block has its VPC and every VPC its block', () => {
    const both = ['10.200.0.0/25', '10.200.0.128/25'];
    const holders = ['acme/vpc-11111111', 'acme/vpc-22222222'];
    expect(
      compareWithAws({
        blocks: both.map((cidr, index) => block(holders[index] ?? '', cidr)),
        vpcs: both.map((cidr, index) => vpc(holders[index] ?? '', cidr)),
        scopesOf,
      }),
    ).toEqual([]);
  });

  it('names a block without a VPC', () => {
    const held = block('acme/vpc-11111111', '10.200.0.0/25');
    expect(compareWithAws({ blocks: [held], vpcs: [], scopesOf })).toEqual([
      { kind: 'block-without-vpc', block: held },
    ]);
  });

  it('names a VPC without a block, and a VPC whose connection holds another one, with that', () => {
    const unknown = vpc('acme/vpc-11111111', '10.200.0.0/25');
    const other = vpc('beta/vpc-22222222', '10.200.0.0/25');
    const held = block('beta/vpc-22222222', '10.200.1.0/25');
    expect(compareWithAws({ blocks: [held], vpcs: [other, unknown], scopesOf })).toEqual([
      { kind: 'block-without-vpc', block: held },
      { kind: 'vpc-without-block', vpc: other, scope: 'beta', holds: '10.200.1.0/25' },
      { kind: 'vpc-without-block', vpc: unknown, scope: 'acme', holds: null },
    ]);
  });

  it('takes a block of the same spelling in another scope for another block', () => {
    const held: PooledBlock = { scope: 'global', cidr: '10.200.0.0/25', holder: 'acme/vpc-11111111' };
    const seen = vpc('acme/vpc-11111111', '10.200.0.0/25');
    expect(compareWithAws({ blocks: [held], vpcs: [seen], scopesOf })).toEqual([
      { kind: 'vpc-without-block', vpc: seen, scope: 'acme', holds: null },
    ]);
  });

  it('holds a connection to both of its pools, and tells of one block once', () => {
    const [, network] = bothScopesOf('acme/vpc-11111111');
    const inBoth = vpc('acme/vpc-11111111', '10.200.0.0/25');
    const gone = 'beta/vpc-22222222';
    const claim: PooledBlock = { scope: network, cidr: '10.200.0.0/25', holder: 'acme/vpc-11111111' };
    const compared = (...blocks: PooledBlock[]): unknown =>
      compareWithAws({ blocks, vpcs: [inBoth], scopesOf: bothScopesOf });
    expect(compared(block('acme/vpc-11111111', '10.200.0.0/25'), claim)).toEqual([]);
    expect(compared(block('acme/vpc-11111111', '10.200.0.0/25'))).toEqual([
      { kind: 'vpc-without-block', vpc: inBoth, scope: network, holds: null },
    ]);
    expect(compared()).toEqual([{ kind: 'vpc-without-block', vpc: inBoth, scope: 'acme', holds: null }]);
    const stale: PooledBlock = { scope: 'customer:vpc-22222222', cidr: '10.200.1.0/25', holder: gone };
    const both = [block('acme/vpc-11111111', '10.200.0.0/25'), claim];
    expect(compared(...both, stale)).toEqual([{ kind: 'block-without-vpc', block: stale }]);
    expect(compared(...both, block(gone, '10.200.1.0/25'), stale)).toEqual([
      { kind: 'block-without-vpc', block: block(gone, '10.200.1.0/25') },
    ]);
  });

  it('names VPCs of two organizations that overlap before one network, and those of one connection once', () => {
    const acme = vpc('acme/vpc-11111111', '10.200.0.0/24', 'vpc-a');
    const twin = vpc('acme/vpc-11111111', '10.200.0.0/25', 'vpc-b');
    const beta = vpc('beta/vpc-11111111', '10.200.0.128/25', 'vpc-c');
    const elsewhere = vpc('beta/vpc-22222222', '10.200.0.0/25', 'vpc-d');
    const found = compareWithAws({
      blocks: [],
      vpcs: [acme, twin, beta, elsewhere],
      scopesOf: bothScopesOf,
    }).filter(({ kind }) => kind === 'overlap');
    expect(found).toEqual([
      { kind: 'overlap', scope: 'acme', vpcs: [acme, twin] },
      { kind: 'overlap', scope: 'customer:vpc-11111111', vpcs: [acme, beta] },
    ]);
  });

  it('finds exactly the pairs of one scope that overlap, in any region', () => {
    const cidr = fc
      .record({ prefix: fc.integer({ min: 22, max: 28 }), at: fc.nat(255) })
      .map(({ prefix, at }) => {
        const size = 2 ** (32 - prefix);
        const first = Math.floor((at * 16) / size) * size;
        return `10.0.${Math.floor(first / 256).toString()}.${(first % 256).toString()}/${prefix.toString()}`;
      });
    const seen = fc.array(fc.tuple(cidr, fc.constantFrom('a', 'b')), { maxLength: 12 });
    fc.assert(
      fc.property(seen, (all) => {
        const vpcs = all.map(([of, scope], index) =>
          vpc(`${scope}/vpc-${index.toString().padStart(8, '0')}`, of, `vpc-${index.toString()}`),
        );
        const found = compareWithAws({ blocks: [], vpcs, scopesOf }).flatMap((each) =>
          each.kind === 'overlap' ? [each.vpcs.map(({ vpcId }) => vpcId).sort()] : [],
        );
        const expected = vpcs.flatMap((one, index) =>
          vpcs
            .slice(index + 1)
            .filter(
              (other) =>
                scopeOf(one.connection) === scopeOf(other.connection) && cidrsOverlap(one.cidr, other.cidr),
            )
            .map((other) => [one.vpcId, other.vpcId].sort()),
        );
        expect(found.map(String).sort()).toEqual(expected.map(String).sort());
      }),
    );
  });
});
