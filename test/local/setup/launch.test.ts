import { afterEach, describe, expect, it } from '@jest/globals';
import { isAlive, makeFakeProject, until } from './fake-project.js';
import type { FakeProject } from './fake-project.js';

/** Counts the interrupts it gets, tells its pid, and ends on SIGTERM, or on SIGINT half a second later. */
const PATIENT = `
  let interrupts = 0;
  process.on('SIGINT', () => {
    interrupts += 1;
    if (interrupts === 1) setTimeout(() => { console.log('interrupts', interrupts); process.exit(7); }, 400);
  });
  console.log('pid', process.pid);
  setInterval(() => {}, 1000);`;

let project: FakeProject | undefined;
afterEach(() => project?.remove());

async function startPatient(): Promise<{ running: ReturnType<FakeProject['start']>; programPid: number }> {
  project = makeFakeProject(PATIENT);
  const running = project.start(['demo']);
  await until(() => running.stdout().includes('pid'));
  return { running, programPid: Number(running.stdout().split(' ')[1]) };
}

describe('a command', () => {
  it('passes on the exit status of its program', async () => {
    project = makeFakeProject('process.exit(5);');
    expect((await project.run(['demo'])).status).toBe(5);
  });

  it('tells by its exit status which signal ended its program', async () => {
    project = makeFakeProject('process.kill(process.pid, "SIGTERM"); setInterval(() => {}, 1000);');
    expect((await project.run(['demo'])).status).toBe(143);
  });

  it('passes a Ctrl-C on once, however often the terminal and npm deliver it', async () => {
    const { running } = await startPatient();
    process.kill(running.pid, 'SIGINT');
    process.kill(-running.pid, 'SIGINT');
    const { status, stdout } = await running.result;
    expect(stdout).toMatch(/interrupts 1\n$/);
    expect(status).toBe(7);
  });

  it('ends its program when it is itself killed', async () => {
    const { running, programPid } = await startPatient();
    expect(isAlive(programPid)).toBe(true);
    process.kill(-running.pid, 'SIGKILL');
    await until(() => !isAlive(programPid));
  });

  it('keeps the AWS SDK from warning about the Node version at every start', async () => {
    project = makeFakeProject('console.log(process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED);');
    expect((await project.run(['demo'])).stdout).toBe('true\n');
  });

  it.each([[[]], [['nonsense']]])('is refused with the ones there are when it is none: %j', async (args) => {
    project = makeFakeProject();
    const { status, stderr } = await project.run(args);
    expect(stderr).toBe(
      'usage: node local/run.mjs test|test:faults|test:exhaustive|demo|local|bench [arguments]\n',
    );
    expect(status).toBe(2);
    expect(project.calls()).toEqual([]);
  });
});
