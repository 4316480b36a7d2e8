/** Workers of which some roles belong to another account, and what is seen of connections meanwhile. */
import type { Purpose } from '../../activities/aws/ec2-clients.js';
import { observeScheduleId, WORKFLOW } from '../../contract/names.js';
import type { PeeringStatus } from '../../contract/status.js';
import { leftovers } from '../../local/leftovers.js';
import { PROVIDER } from './emulator.js';
import { latestStatus, reportOf } from './fault-questions.js';
import type { FaultPoint, FaultWorld } from './fault-world.js';

const REGION = 'us-east-1';

/** To which the wrong roles belong; it has nothing in AWS. */
export const ANOTHER = '999988887777';

export const wrongRole = (purpose: Purpose): string => `arn:aws:iam::${ANOTHER}:role/mistyped-for-${purpose}`;

/** The same point, for a worker that has these roles wrong. */
export function withWrongRoles(point: FaultPoint, wrong: readonly Purpose[]): FaultPoint {
  const { provider } = point.settings;
  const mistyped = Object.fromEntries(wrong.map((purpose) => [purpose, wrongRole(purpose)]));
  const roles = { ...provider.roles, ...mistyped };
  return { ...point, settings: { ...point.settings, provider: { ...provider, roles } } };
}

/** Points of one deployment, one worker and one region. */
export async function pointsBeside(world: FaultWorld, count: number): Promise<[FaultPoint, ...FaultPoint[]]> {
  const first = await world.newPoint({ region: REGION });
  const points: [FaultPoint, ...FaultPoint[]] = [first];
  while (points.length < count) points.push(await world.newPoint({ region: REGION, beside: first }));
  return points;
}

export interface Observer {
  /** How often it has looked. */
  looks(): Promise<number>;
  stop(): Promise<void>;
}

/** As the worker's own Schedule looks, for a deployment of its own. */
export async function startObserver(
  world: FaultWorld,
  { taskQueue, settings }: FaultPoint,
): Promise<Observer> {
  const { deployment } = settings.provider;
  const schedule = await world.client.schedule.create({
    scheduleId: `${observeScheduleId(PROVIDER, REGION)}/${deployment}`,
    spec: { intervals: [{ every: '1 second' }] },
    action: {
      type: 'startWorkflow',
      workflowType: WORKFLOW.observePeerings,
      taskQueue,
      args: [{ region: REGION, deployment }],
    },
  });
  return {
    looks: async () => (await schedule.describe()).info.numActionsTaken,
    stop: () => schedule.delete(),
  };
}

export const statusesOf = ({ client }: FaultWorld, points: readonly FaultPoint[]): Promise<PeeringStatus[]> =>
  Promise.all(points.map((point) => latestStatus(client, point)));

/** Which of them hold their block, of all there are. */
export async function holdersAmong(
  { client }: FaultWorld,
  points: readonly FaultPoint[],
): Promise<FaultPoint[]> {
  const held = await Promise.all(
    points.map(async ({ request: { organizationId }, connection }) => {
      const report = await reportOf(client, organizationId);
      return report.held.some(({ holder }) => holder === connection);
    }),
  );
  return points.filter((_, index) => held[index]);
}

/** By connection, the ids of all that AWS has of it. */
export async function builtBy(
  { control }: FaultWorld,
  points: readonly FaultPoint[],
): Promise<Record<string, string[]>> {
  const inventory = await control.inventory();
  return Object.fromEntries(
    points.map(({ connection }) => [connection, leftovers(inventory, connection).sort()]),
  );
}

/** What was changed in an account's AWS. */
export async function effectsIn({ control }: FaultWorld, account: string): Promise<string[]> {
  const calls = await control.calls({ account });
  return calls.filter(({ effect, service }) => effect && service === 'ec2').map(({ action }) => action);
}

/** Nobody looks at them any more. */
export async function forget({ client }: FaultWorld, points: readonly FaultPoint[]): Promise<void> {
  for (const workflowId of points.flatMap(({ provisionId, maintainId }) => [provisionId, maintainId])) {
    await client.workflow
      .getHandle(workflowId)
      .terminate('the test is over')
      .catch(() => undefined);
  }
}
