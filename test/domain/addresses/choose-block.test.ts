import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  blockContains,
  blocksOverlap,
  formatBlock,
  parseBlock,
  splitBlock,
} from '../../../domain/addresses/blocks.js';
import {
  chooseBlock,
  providerBlockProblem,
  type AddressPolicy,
  type NamedBlock,
} from '../../../domain/addresses/choose-block.js';

const policy: AddressPolicy = {
  preferred: '10.200.0.0/25',
  prefixLength: 25,
  ranges: ['10.200.0.0/16', '172.24.0.0/14', '192.168.128.0/17', '100.64.0.0/10'],
  reserved: [],
};

const customerVpc = (cidr: string): NamedBlock => ({ cidr, why: "the customer's VPC range" });
const held = (cidr: string): NamedBlock => ({ cidr, why: 'held by org-1/vpc-1' });

/** Obstacles in and around 10.200.0.0/20, where a naive search over all cells is affordable. */
const nearbyObstacle = fc
  .record({ offset: fc.integer({ min: 0, max: 8191 }), prefixLength: fc.integer({ min: 19, max: 32 }) })
  .map(({ offset, prefixLength }) => {
    const size = 2 ** (32 - prefixLength);
    const first = parseBlock('10.200.0.0/16').first + Math.floor(offset / size) * size;
    return formatBlock({ first, last: first + size - 1, prefixLength });
  });

describe('the preferred block', () => {
  it('is taken when nothing known overlaps it', () => {
    expect(chooseBlock({ policy, avoid: [customerVpc('172.31.0.0/16')], taken: [] })).toEqual({
      cidr: '10.200.0.0/25',
      reasons: ['10.200.0.0/25 is the preferred block and overlaps nothing known'],
      rejected: [],
    });
  });

  it('may have another size than the others', () => {
    const small = { ...policy, preferred: '10.9.0.0/28' };
    expect(chooseBlock({ policy: small, avoid: [], taken: [] }).cidr).toBe('10.9.0.0/28');
  });

  it.each(['172.17.0.0/25', '8.8.8.0/25', '198.18.0.0/25', '10.0.0.0/8', '10.200.0.1/25', 'fd00::/64'])(
    'is passed over, with the reason, when it is %s',
    (preferred) => {
      const choice = chooseBlock({ policy: { ...policy, preferred }, avoid: [], taken: [] });
      expect(choice.cidr).toBe('10.200.0.0/25');
      expect(choice.rejected).toEqual([{ cidr: preferred, reason: providerBlockProblem(preferred) }]);
    },
  );
});

describe('another block', () => {
  it('is the first that fits after the obstacle, the skipped run in one entry', () => {
    const choice = chooseBlock({ policy, avoid: [customerVpc('10.200.0.0/22')], taken: [] });
    expect(choice.cidr).toBe('10.200.4.0/25');
    const reason = "overlaps 10.200.0.0/22 (the customer's VPC range)";
    expect(choice.rejected).toEqual([
      { cidr: '10.200.0.0/25', reason },
      { cidr: '10.200.0.0/25–10.200.3.128/25', reason },
    ]);
  });

  it('comes from the next range when one is covered whole, which is one entry', () => {
    const choice = chooseBlock({ policy, avoid: [customerVpc('10.0.0.0/8')], taken: [] });
    expect(choice.cidr).toBe('172.24.0.0/25');
    expect(choice.rejected.map(({ cidr }) => cidr)).toEqual(['10.200.0.0/25', '10.200.0.0/16']);
    expect(choice.reasons).toHaveLength(2);
  });

  it('says why a full range has no room without listing all of it', () => {
    const taken = splitBlock(parseBlock('10.200.0.0/16'), 25).map((block) => held(formatBlock(block)));
    const choice = chooseBlock({ policy, avoid: [], taken });
    expect(choice.cidr).toBe('172.24.0.0/25');
    expect(choice.rejected).toHaveLength(2);
    expect(choice.rejected[1]).toEqual({
      cidr: '10.200.0.0/16',
      reason: expect.stringMatching(/^no \/25 of it is free: .*held by org-1\/vpc-1.*and 509 more$/),
    });
  });

  it('is never a reserved one nor in a range smaller than it', () => {
    const narrow = { ...policy, ranges: ['10.200.0.0/26', '10.200.0.0/24'], reserved: ['10.200.0.0/25'] };
    const choice = chooseBlock({ policy: narrow, avoid: [], taken: [] });
    expect(choice.cidr).toBe('10.200.0.128/25');
    expect(choice.rejected[0]?.reason).toContain('reserved by the configuration');
    expect(choice.rejected[1]).toEqual({ cidr: '10.200.0.0/26', reason: 'is smaller than a /25' });
  });

  it('is null with the reasons when everything is covered', () => {
    const choice = chooseBlock({ policy, avoid: [customerVpc('0.0.0.0/0')], taken: [] });
    expect(choice.cidr).toBeNull();
    expect(choice.rejected.map(({ cidr }) => cidr)).toEqual(['10.200.0.0/25', ...policy.ranges]);
    expect(choice.reasons.at(-1)).toContain('no /25 is free');
  });

  it('is never outside private space, whatever ranges are configured', () => {
    const ranges = ['0.0.0.0/0'];
    const choice = chooseBlock({
      policy: { ...policy, ranges },
      avoid: [customerVpc('10.0.0.0/8')],
      taken: [],
    });
    expect(choice.cidr).toBe('100.64.0.0/25');
    const inAws = { ...policy, preferred: '172.17.0.0/25', ranges: ['172.17.0.0/16', '192.168.0.0/16'] };
    expect(chooseBlock({ policy: inAws, avoid: [], taken: [] }).cidr).toBe('192.168.0.0/25');
  });
});

describe('the search', () => {
  it.each(['10.200.0.0/32', '10.200.0.127/32'])(
    'sees a single address at the edge of a block: %s',
    (cidr) => {
      expect(chooseBlock({ policy, avoid: [], taken: [held(cidr)] }).cidr).toBe('10.200.0.128/25');
      expect(
        chooseBlock({ policy, avoid: [], taken: [held(cidr)], requested: '10.200.0.0/25' }).cidr,
      ).toBeNull();
    },
  );

  it('finds what a search of every cell finds', () => {
    const searched = { ...policy, ranges: ['10.200.0.0/20', '172.24.0.0/14'] };
    const cells = splitBlock(parseBlock('10.200.0.0/20'), 25);
    const obstacles = fc.array(nearbyObstacle, { maxLength: 40 });
    fc.assert(
      fc.property(obstacles, obstacles, (avoided, taken) => {
        const blocked = [...avoided, ...taken].map(parseBlock);
        const free = cells.find((cell) => !blocked.some((block) => blocksOverlap(block, cell)));
        const choice = chooseBlock({
          policy: searched,
          avoid: avoided.map(customerVpc),
          taken: taken.map(held),
        });
        expect(choice.cidr).toBe(free === undefined ? '172.24.0.0/25' : formatBlock(free));
      }),
    );
  });

  it('gives every skipped cell a reason, and no free one', () => {
    const searched = { ...policy, ranges: ['10.200.0.0/20'] };
    fc.assert(
      fc.property(fc.array(nearbyObstacle, { maxLength: 8 }), (taken) => {
        const choice = chooseBlock({ policy: searched, avoid: [], taken: taken.map(held) });
        const spans = choice.rejected.map(({ cidr }) => {
          const [from = cidr, to = from] = cidr.split('–');
          return { first: parseBlock(from).first, last: parseBlock(to).last };
        });
        for (const cell of splitBlock(parseBlock('10.200.0.0/20'), 25)) {
          if (choice.cidr !== null && cell.first >= parseBlock(choice.cidr).first) break;
          expect(spans.some((span) => span.first <= cell.first && cell.last <= span.last)).toBe(true);
        }
        if (choice.cidr === null) return;
        const chosen = parseBlock(choice.cidr);
        expect(spans.some((span) => span.first <= chosen.first && chosen.last <= span.last)).toBe(false);
      }),
    );
  });

  it('has the same answer however the obstacles are ordered', () => {
    fc.assert(
      fc.property(fc.array(nearbyObstacle, { maxLength: 20 }), (taken) => {
        const given = chooseBlock({ policy, avoid: [], taken: taken.map(held) });
        const reversed = chooseBlock({ policy, avoid: [], taken: taken.map(held).reverse() });
        expect(reversed.cidr).toBe(given.cidr);
      }),
    );
  });

  it('stays bounded with thousands of blocks held', () => {
    const taken = splitBlock(parseBlock('100.64.0.0/12'), 25)
      .filter((_, index) => index !== 8_000)
      .map((block) => held(formatBlock(block)));
    const ranges = { ...policy, preferred: '100.64.0.0/25', ranges: ['100.64.0.0/12'] };
    const choice = chooseBlock({ policy: ranges, avoid: [], taken });
    expect(choice.cidr).toBe('100.79.160.0/25');
    expect(choice.rejected).toHaveLength(50);
    expect(choice.rejected.at(-1)?.cidr).toBe('7951 more');
  });
});

describe('a requested block', () => {
  it.each(['10.9.0.0/16', '192.168.7.16/28', '100.127.255.0/24'])(
    'is taken as it is when free: %s',
    (requested) => {
      expect(chooseBlock({ policy, avoid: [], taken: [], requested }).cidr).toBe(requested);
    },
  );

  it.each([
    ['10.8.0.0/15', 'wrong size'],
    ['10.9.0.0/29', 'wrong size'],
    ['9.9.9.0/24', 'not private'],
    ['172.17.1.0/24', 'inside some AWS services'],
    ['10.9.0.1/24', 'host bits'],
    ['172.31.8.0/24', "the customer's VPC range"],
    ['10.200.0.0/24', 'held by org-1/vpc-1'],
    ['10.77.0.0/24', 'reserved by the configuration'],
  ])('is that or none: %s', (requested, reason) => {
    const choice = chooseBlock({
      policy: { ...policy, reserved: ['10.77.0.0/16'] },
      avoid: [customerVpc('172.31.0.0/16')],
      taken: [held('10.200.0.0/25')],
      requested,
    });
    expect(choice.cidr).toBeNull();
    expect(choice.rejected).toEqual([{ cidr: requested, reason: expect.stringContaining(reason) }]);
    expect(choice.reasons.join()).toContain(reason);
  });

  it('may be null, which is no wish', () => {
    expect(chooseBlock({ policy, avoid: [], taken: [], requested: null }).cidr).toBe('10.200.0.0/25');
  });
});

describe('what cannot be read', () => {
  it('gives no block rather than one that might overlap', () => {
    for (const question of [
      { policy, avoid: [customerVpc('10.0.0.1/8')], taken: [] },
      { policy, avoid: [], taken: [held('nonsense')] },
      { policy: { ...policy, reserved: ['::/0'] }, avoid: [], taken: [] },
    ]) {
      const choice = chooseBlock(question);
      expect(choice.cidr).toBeNull();
      expect(choice.reasons).toEqual([expect.stringContaining('cannot tell what is free')]);
    }
  });

  it('is said of an impossible prefix length and of a malformed range', () => {
    const blocked = { avoid: [customerVpc('10.200.0.0/25')], taken: [] };
    for (const prefixLength of [15, 29, 25.5]) {
      const choice = chooseBlock({ policy: { ...policy, prefixLength }, ...blocked });
      expect(choice.cidr).toBeNull();
      expect(choice.reasons.join()).toContain('is not 16 to 28');
    }
    const choice = chooseBlock({ policy: { ...policy, ranges: ['10.0.0.0/33', '10.5.0.0/16'] }, ...blocked });
    expect(choice.cidr).toBe('10.5.0.0/25');
    expect(choice.rejected[1]?.reason).toContain('prefix length above 32');
  });
});

describe('the space of provider blocks', () => {
  const forbidden = [
    '0.0.0.0/8',
    '127.0.0.0/8',
    '169.254.0.0/16',
    '172.17.0.0/16',
    '198.18.0.0/15',
    '224.0.0.0/3',
  ];
  const allowed = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'];

  it.each([
    ['0.0.0.0/16', 'RFC 791'],
    ['127.255.0.0/16', 'loopback'],
    ['169.254.0.0/16', 'link-local'],
    ['172.17.255.240/28', 'inside some AWS services'],
    ['198.19.255.0/24', 'RFC 2544'],
    ['255.255.0.0/16', 'multicast and reserved'],
    ['100.128.0.0/16', 'not private'],
    ['172.15.0.0/16', 'not private'],
  ])('has a reason for not holding %s', (cidr, reason) => {
    expect(providerBlockProblem(cidr)).toContain(reason);
  });

  it('is private and free of what AWS uses, for blocks anywhere', () => {
    const anyVpcBlock = fc
      .record({
        address: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
        prefixLength: fc.integer({ min: 16, max: 28 }),
      })
      .map(({ address, prefixLength }) => {
        const size = 2 ** (32 - prefixLength);
        const first = Math.floor(address / size) * size;
        return { first, last: first + size - 1, prefixLength };
      });
    const privateBlock = fc.constantFrom(...allowed, ...forbidden).chain((space) => {
      const { first, last } = parseBlock(space);
      return fc.integer({ min: first, max: last }).map((address) => {
        const start = Math.floor(address / 65_536) * 65_536;
        return { first: start, last: start + 65_535, prefixLength: 16 };
      });
    });
    fc.assert(
      fc.property(fc.oneof(anyVpcBlock, privateBlock), (block) => {
        const fine =
          allowed.some((space) => blockContains(parseBlock(space), block)) &&
          !forbidden.some((space) => blocksOverlap(parseBlock(space), block));
        expect(providerBlockProblem(formatBlock(block)) === null).toBe(fine);
      }),
    );
  });
});
