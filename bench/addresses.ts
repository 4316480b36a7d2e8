import { AvoidedRanges } from '../domain/addresses/avoided-ranges.js';
import { blockAt, blockSize, parseBlock } from '../domain/addresses/blocks.js';
import { FreeSpace } from '../domain/addresses/free-space.js';
import { CidrToolsPool } from './cidr-tools-pool.js';
import { IpNumPool } from './ip-num-pool.js';
import { drawer } from './random.js';
import type { Benchmark, Figure } from './report.js';
import { duration, rate, rates, ratio, type Round } from './rounds.js';

const TEN = [parseBlock('10.0.0.0/8')];
const PREFIX_LENGTH = 25;
const BLOCKS_IN_ALL = 2 ** (PREFIX_LENGTH - 8);

const LIVE = 65_000;
const FEW_LIVE = 1_000;
const PAIRS = 500_000;
const ROUNDS = 7;
/** Of what takes some ms only, where another process can spoil a round. */
const SHORT_ROUNDS = 25;

const CUSTOMER_RANGES = 2_000;
const AVOIDING_BLOCKS = 30_000;

/** The others are slower by orders of magnitude: a few steps in the same state say as much. */
const PAIRS_OF_OTHERS = 3;
const ROUNDS_OF_OTHERS = 3;
/** A pair takes some seconds. */
const PAIRS_OF_IP_NUM = 1;

export const addresses: Benchmark = {
  description: 'the allocator beside cidr-tools and ip-num: 10.0.0.0/8 in blocks of /25',
  run() {
    const [many, few] = rates(
      [
        { name: 'churn, 65,000 live', unit: 'pairs/s', target: { atLeast: 400_000 } },
        { name: 'churn, 1,000 live', unit: 'pairs/s' },
      ],
      ROUNDS,
      [() => churn(LIVE), () => churn(FEW_LIVE)],
    );
    const cidrTools = churnOfCidrTools();
    const ipNum = churnOfIpNum();
    const figures: Figure[] = [
      sequential(),
      many,
      few,
      ratio({ name: 'churn, 65,000 live to 1,000 live', unit: 'ratio', target: { atLeast: 0.5 } }, many, few),
      cidrTools,
      ratio(
        { name: 'churn, ours to cidr-tools', unit: 'ratio', target: { atLeast: 10_000 } },
        many,
        cidrTools,
      ),
      ipNum,
      ratio({ name: 'churn, ours to ip-num', unit: 'ratio' }, many, ipNum),
      avoid(),
      mixedSizes(),
    ];
    return { figures, compared: ['cidr-tools', 'ip-num'], setting: SETTING };
  },
};

const SETTING = [
  'sequential: an empty 10.0.0.0/8, 65,000 blocks one after the other',
  'churn: every /25 given, then as many random ones released as leave so many live, scattered over the whole /8;',
  '  a pair releases a random live block, drawn beforehand, and takes the lowest free one',
  'avoid: 2,000 customer /24s where the search goes: one in each /21 from 10.0.0.0 on, at a place in it that differs;',
  '  30,000 blocks are taken between and after them, so that the search meets every one; preparing them counts',
  'mixed sizes: 30,000 blocks of /20 to /28, then pairs as above in which every block keeps its size',
  'cidr-tools: the free list is an array of CIDRs, excludeCidr to take and mergeCidr to release, in the same state',
  'ip-num: the live blocks as IPv4CidrRange; each candidate is compared with them until one is free',
].join('\n');

function sequential(): Figure {
  const figure = { name: 'sequential, 65,000 blocks', unit: 'ms', target: { atMost: 60 } };
  return duration(figure, SHORT_ROUNDS, () => {
    const space = new FreeSpace(TEN, []);
    return {
      count: LIVE,
      run: () => {
        for (let taken = 0; taken < LIVE; taken += 1) space.allocate(TEN, PREFIX_LENGTH);
      },
    };
  });
}

/** First addresses of the live blocks: a random part of all, in random order. */
function fragmented(live: number): Int32Array {
  const draw = drawer(live);
  const size = blockSize(PREFIX_LENGTH);
  const all = Int32Array.from({ length: BLOCKS_IN_ALL }, (_, index) => (TEN[0]?.first ?? 0) + index * size);
  for (let index = 0; index < live; index += 1) {
    const other = index + draw(all.length - index);
    [all[index], all[other]] = [all[other] ?? 0, all[index] ?? 0];
  }
  return all.slice(0, live);
}

function churn(live: number): Round {
  const space = new FreeSpace(TEN, []);
  const held = fragmented(live);
  for (const first of held) space.take(first, PREFIX_LENGTH);
  return pairs(
    space,
    held,
    Array.from(held, () => PREFIX_LENGTH),
  );
}

function pairs(space: FreeSpace, held: Int32Array, lengths: readonly number[]): Round {
  const draw = drawer(PAIRS);
  const victims = Int32Array.from({ length: PAIRS }, () => draw(held.length));
  const run = (): void => {
    for (const victim of victims) {
      const prefixLength = lengths[victim] ?? PREFIX_LENGTH;
      space.release(held[victim] ?? 0, prefixLength);
      held[victim] = space.allocate(TEN, prefixLength) ?? 0;
    }
  };
  return { count: PAIRS, run };
}

function avoid(): Figure {
  const figure = {
    name: 'avoid, 2,000 ranges, 30,000 blocks',
    unit: 'blocks/s',
    target: { atLeast: 1_000_000 },
  };
  const spacing = blockSize(21);
  const customers = Array.from({ length: CUSTOMER_RANGES }, (_, index) =>
    blockAt((TEN[0]?.first ?? 0) + index * spacing + ((index * 3) % 8) * blockSize(24), 24),
  );
  return rate(figure, SHORT_ROUNDS, () => {
    const space = new FreeSpace(TEN, []);
    return {
      count: AVOIDING_BLOCKS,
      run: () => {
        const avoided = AvoidedRanges.of(customers);
        for (let taken = 0; taken < AVOIDING_BLOCKS; taken += 1) space.allocate(TEN, PREFIX_LENGTH, avoided);
      },
    };
  });
}

function mixedSizes(): Figure {
  const figure = { name: 'mixed sizes, /20 to /28, 30,000 live', unit: 'pairs/s' };
  return rate(figure, ROUNDS, () => {
    const space = new FreeSpace(TEN, []);
    const draw = drawer(1);
    const lengths = Array.from({ length: AVOIDING_BLOCKS }, () => 28 - Math.min(8, draw(3) * draw(5)));
    const held = Int32Array.from(lengths, (length) => space.allocate(TEN, length) ?? 0);
    return pairs(space, held, lengths);
  });
}

function churnOfCidrTools(): Figure {
  const draw = drawer(2);
  const pool = new CidrToolsPool('10.0.0.0/8', fragmented(LIVE));
  return rate({ name: 'churn, 65,000 live, cidr-tools', unit: 'pairs/s' }, ROUNDS_OF_OTHERS, () => ({
    count: PAIRS_OF_OTHERS,
    run: () => {
      for (let pair = 0; pair < PAIRS_OF_OTHERS; pair += 1) pool.releaseAndTake(draw(LIVE));
    },
  }));
}

function churnOfIpNum(): Figure {
  const draw = drawer(3);
  const pool = new IpNumPool(TEN, fragmented(LIVE));
  return rate({ name: 'churn, 65,000 live, ip-num', unit: 'pairs/s' }, 1, () => ({
    count: PAIRS_OF_IP_NUM,
    run: () => {
      for (let pair = 0; pair < PAIRS_OF_IP_NUM; pair += 1) pool.releaseAndTake(draw(LIVE));
    },
  }));
}
