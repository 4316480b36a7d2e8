/**
 * T11, the harness itself: with one compensation or one check taken out of the code, the oracle shows it where it should; with
 * nothing taken out, the same points show nothing.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeleteVpcPeeringConnectionCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bound } from '../harness/bounds.js';
import { arm } from '../harness/fault-activities.js';
import { armCalls } from '../harness/fault-calls.js';
import { atOnce, HANG_MS } from '../harness/fault-plan.js';
import { playStory, type HowToPlay } from '../harness/fault-play.js';
import type { Telling } from '../harness/fault-telling.js';
import { FAULT_REGIONS, startFaultWorld, type FaultWorld, type OtherCode } from '../harness/fault-world.js';
import { mutantBundle } from '../harness/mutant-bundle.js';
import { ACTIVITY_MUTANTS } from '../harness/mutants/activity-mutants.js';
import type { Mutant, RevealingPoint } from '../harness/mutants/mutant.js';
import { WORKFLOW_MUTANTS } from '../harness/mutants/workflow-mutants.js';

const MUTANTS: readonly Mutant[] = [...ACTIVITY_MUTANTS, ...WORKFLOW_MUTANTS];

/** A mutant that hangs is not waited for much longer than the real code may take for its slowest step: 2 s, on a quiet machine. */
const HANGING_STEP_MS = bound(30_000);
const isToHang = ({ shows, hangs }: Mutant): boolean => hangs === true || !(shows instanceof RegExp);

let world: FaultWorld;
let directory: string;
beforeAll(async () => {
  world = await startFaultWorld();
  directory = await mkdtemp(join(tmpdir(), 'causeway-mutants-'));
}, HANG_MS);
afterAll(async () => {
  await world.stop();
  await rm(directory, { recursive: true });
});

/** What goes wrong at the point, and how often it did. */
interface Struck {
  readonly how: HowToPlay;
  hits(): number;
}

function strike({ fault }: RevealingPoint, region: string, telling: () => Telling | undefined): Struck {
  if ('peeringDeletedBefore' in fault) {
    let hits = 0;
    return {
      hits: () => hits,
      how: {
        around: async (activity, call) => {
          const { point, last } = telling() ?? {};
          if (activity === fault.peeringDeletedBefore && hits++ === 0) {
            const VpcPeeringConnectionId = last?.peeringConnectionId ?? '';
            await point?.customer.ec2.send(new DeleteVpcPeeringConnectionCommand({ VpcPeeringConnectionId }));
          }
          return call();
        },
      },
    };
  }
  if ('activity' in fault) {
    const armed = arm([fault]);
    return { hits: () => armed.hits(), how: { around: armed.around, lasting: armed } };
  }
  const armed = armCalls(world.control, region, fault);
  return { hits: () => armed.hits(), how: { onCommand: armed.onCommand, lasting: armed } };
}

/** What the oracle shows at the point, with this code. */
async function problemsOf(
  point: RevealingPoint,
  slot: number,
  code: OtherCode & Pick<HowToPlay, 'slot' | 'withinMs'>,
): Promise<string[]> {
  const region = FAULT_REGIONS[slot] ?? '';
  let telling: Telling | undefined;
  const struck = strike(point, region, () => telling);
  const problems: string[] = [];
  await playStory(world, point.story, {
    ...struck.how,
    ...code,
    region,
    onTold: (told) => {
      telling = told;
    },
  }).then(
    ({ final }) => {
      if (final !== point.end) problems.push(`ended as ${final}, not as ${point.end}`);
    },
    (error: unknown) => problems.push(`${String(error)}; seen: ${telling?.seen.join(', ') ?? ''}`),
  );
  problems.push(...(telling?.findings.violations ?? []));
  if (struck.hits() === 0) problems.push('nothing went wrong');
  const { by } = point;
  if (by !== undefined && !telling?.seen.some((seen) => seen === by || seen.startsWith(`${by}: `))) {
    problems.push(`was never ${by}`);
  }
  return problems;
}

async function codeOf({ name, code }: Mutant): Promise<OtherCode> {
  return 'activities' in code
    ? { mutate: code.activities }
    : { codePath: await mutantBundle(name, code.workflows, directory) };
}

async function withUnseenVpc<T>(describes: number, play: () => Promise<T>): Promise<T> {
  await world.control.settings({ visibility: { vpc: { describes } } });
  try {
    return await play();
  } finally {
    await world.control.settings({ visibility: { vpc: null } });
  }
}

/** Whether that is what the mutant's point was to show. */
function isRevealed({ shows }: Mutant, problems: readonly string[]): boolean {
  if (shows instanceof RegExp) return problems.some((problem) => shows.test(problem));
  return problems.some((problem) => problem.includes('not within') && problem.endsWith(shows.staysIn));
}

/** Four at a time; those for which AWS is otherwise, which is so for all, one after the other. */
async function eachOf<T extends { readonly point: RevealingPoint }>(
  items: readonly T[],
  job: (item: T, slot: number) => Promise<string[]>,
): Promise<string[]> {
  const alone = items.filter(({ point }) => point.vpcUnseenFor !== undefined);
  const together = items.filter(({ point }) => point.vpcUnseenFor === undefined);
  const results = [
    ...(await atOnce({ limit: FAULT_REGIONS.length, items: together }, job)),
    ...(await atOnce({ limit: 1, items: alone }, (item, slot) =>
      withUnseenVpc(item.point.vpcUnseenFor ?? 0, () => job(item, slot)),
    )),
  ];
  return results.flatMap((result) =>
    result.status === 'fulfilled' ? result.value : [String(result.reason)],
  );
}

describe('the oracle of the fault points', () => {
  it('is shown at least 20 mutants, whose texts are in the code', async () => {
    expect(new Set(MUTANTS.map(({ name }) => name)).size).toBeGreaterThanOrEqual(20);
    const stale = [{ module: 'undo', text: 'what the code does not say', instead: '' }];
    await expect(mutantBundle('stale', stale, directory)).rejects.toThrow('0 times, not 1');
  });

  it(
    'shows nothing where nothing is missing',
    async () => {
      const points = [...new Set(MUTANTS.map(({ point }) => point))].map((point) => ({ point }));
      const problems = await eachOf(points, ({ point }, slot) => problemsOf(point, slot, { slot }));
      expect(problems).toEqual([]);
    },
    HANG_MS,
  );

  it(
    'shows each compensation and each check that is missing',
    async () => {
      // Those that are waited for in vain begin, so that they do not come last.
      const mutants = [...MUTANTS].sort((a, b) => Number(isToHang(b)) - Number(isToHang(a)));
      const survivors = await eachOf(mutants, async (mutant, slot) => {
        const steps = isToHang(mutant) ? { withinMs: HANGING_STEP_MS } : {};
        const problems = await problemsOf(mutant.point, slot, { ...(await codeOf(mutant)), ...steps });
        if (isRevealed(mutant, problems)) return [];
        return [`${mutant.name}: ${problems.join(' | ') || 'nothing was seen'}`];
      });
      expect(survivors).toEqual([]);
    },
    HANG_MS,
  );
});
