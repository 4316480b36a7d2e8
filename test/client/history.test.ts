import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectionHistory } from '../../client/history.js';
import { connectionName, maintainWorkflowId, provisionWorkflowId } from '../../contract/names.js';
import { startTemporalWorld, type TemporalWorld } from '../harness/temporal-world.js';

let temporal: TemporalWorld;
beforeAll(async () => {
  temporal = await startTemporalWorld();
});
afterAll(() => temporal.stop());

const newKey = (): { organizationId: string; vpcId: string } => ({
  organizationId: `org-${randomUUID()}`,
  vpcId: 'vpc-0123456789abcdef0',
});

describe('the history of a connection', () => {
  it('has what everybody said, of request and connection, in the order of time', async () => {
    const key = newKey();
    const [request, living] = [provisionWorkflowId, maintainWorkflowId].map((id) => id(connectionName(key)));
    for (const workflowId of [request, living]) {
      await temporal.startIdle(workflowId ?? '');
      const handle = temporal.client.workflow.getHandle(workflowId ?? '');
      await handle.signal('close', { by: 'ops"\n', reason: 'moved\u202e away' });
    }
    await temporal.client.workflow.getHandle(request ?? '').cancel();
    await temporal.client.workflow.getHandle(living ?? '').terminate('by\u0007 hand');
    const lines = await connectionHistory(temporal.client, key);
    expect(lines.map(({ kind, what }) => [kind, what])).toEqual([
      ['started', 'anything started'],
      ['signal', 'signal close by "ops\\"\\u{a}": "moved\\u{202e} away"'],
      ['started', 'anything started'],
      ['signal', 'signal close by "ops\\"\\u{a}": "moved\\u{202e} away"'],
      ['cancel', 'cancelling was asked for'],
      ['ended', 'terminated: "by\\u{7} hand"; nothing was released'],
    ]);
    expect(lines.map(({ workflowId }) => workflowId)).toEqual([
      ...[request, request],
      ...[living, living],
      ...[request, living],
    ]);
    for (const { by } of lines) expect(by).toMatch(/@/);
  });

  it('shows what cannot be decoded, or is of another shape, and goes on', async () => {
    const key = newKey();
    const workflowId = provisionWorkflowId(connectionName(key));
    await temporal.startIdle(workflowId);
    await temporal.client.workflowService.signalWorkflowExecution({
      namespace: temporal.client.options.namespace,
      workflowExecution: { workflowId },
      signalName: 'close',
      input: {
        payloads: [{ metadata: { encoding: Buffer.from('binary/encrypted') }, data: Buffer.from('x') }],
      },
    });
    const handle = temporal.client.workflow.getHandle(workflowId);
    for (const payload of [null, 'text', { by: 7, reason: ['x'] }, { by: '' }])
      await handle.signal('close', payload);
    await handle.signal('a\u001b[2J name', { by: 'x'.repeat(500) });
    const whats = (await connectionHistory(temporal.client, key)).map(({ what }) => what);
    expect(whats.slice(1, 6)).toEqual(['signal close ?', ...Array<string>(4).fill('signal close')]);
    expect(whats[6]).toBe(`signal "a\\u{1b}[2J name" by "${'x'.repeat(60)}…"`);
  });

  it('has at most so many lines, the newest, and says so', async () => {
    const key = newKey();
    const workflowId = maintainWorkflowId(connectionName(key));
    await temporal.startIdle(workflowId);
    const handle = temporal.client.workflow.getHandle(workflowId);
    for (let number = 1; number <= 9; number += 1) await handle.signal('close', { by: `n${number}` });
    const whats = async (most: number): Promise<string[]> =>
      (await connectionHistory(temporal.client, key, most)).map(({ what }) => what);
    expect(await whats(4)).toEqual([
      'what came before is not shown: there are more than 4 lines',
      'signal close by "n7"',
      'signal close by "n8"',
      'signal close by "n9"',
    ]);
    expect(await whats(10)).toHaveLength(10);
    expect((await whats(10))[0]).toBe('anything started');
  });

  it('has every request, also those before the last', async () => {
    const key = newKey();
    const workflowId = provisionWorkflowId(connectionName(key));
    for (const name of ['first', 'second']) {
      await temporal.startIdle(workflowId);
      await temporal.client.workflow.getHandle(workflowId).terminate(name);
    }
    const whatsOnce = async (): Promise<string[]> =>
      (await connectionHistory(temporal.client, key)).map(({ what }) => what);
    // Visibility, which knows of the earlier run, lags behind.
    let whats = await whatsOnce();
    for (const deadline = Date.now() + 10_000; whats.length < 4 && Date.now() < deadline;)
      whats = await whatsOnce();
    expect(whats.filter((what) => what.startsWith('terminated'))).toEqual([
      'terminated: "first"; nothing was released',
      'terminated: "second"; nothing was released',
    ]);
  });
});
