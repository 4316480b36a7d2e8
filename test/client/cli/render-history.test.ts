import { describe, expect, it } from '@jest/globals';
import pc from 'picocolors';
import { renderHistory } from '../../../client/cli/render/history.js';
import type { Look } from '../../../client/cli/render/look.js';
import type { HistoryLine } from '../../../client/history.js';

const plain: Look = { colors: pc.createColors(false), width: 40, now: new Date('2026-01-02T00:00:00Z') };

const line: HistoryLine = {
  at: '2026-01-01T00:00:00.123Z',
  kind: 'activity',
  by: '4711@host',
  what: 'ensureVpc done',
  calls: [
    { action: 'ec2:CreateVpc', region: 'eu-west-1', requestId: 'id-1' },
    { action: 'ec2:CreateTags', region: 'eu-west-1', requestId: 'id-2' },
  ],
  workflowId: 'provision-peering/org-42/vpc-1',
  runId: 'r',
};

describe('a history', () => {
  it('has one line for each event, with the request ids of AWS, however narrow the terminal', () => {
    const text = renderHistory(plain, [line, { ...line, by: null, what: 'cancelled', calls: [] }]);
    expect(text.split('\n')).toEqual([
      '2026-01-01 00:00:00 UTC  4711@host  ensureVpc done  [ec2:CreateVpc eu-west-1 id-1, ec2:CreateTags eu-west-1 id-2]',
      '2026-01-01 00:00:00 UTC  -          cancelled',
    ]);
  });

  it('lets no text from others act on the terminal', () => {
    const evil = '\u001b[2J\n\u202e';
    const calls = [{ action: evil, region: evil, requestId: evil }];
    const text = renderHistory(plain, [{ ...line, at: evil, by: evil, what: evil, calls }]);
    expect(text.split('\\u{1b}[2J\\u{a}\\u{202e}')).toHaveLength(7);
    for (const acting of ['\n', '\u001b', '\u202e']) expect(text).not.toContain(acting);
  });

  it('has colour only where it is wanted', () => {
    const coloured: Look = { ...plain, colors: pc.createColors(true) };
    expect(renderHistory(plain, [{ ...line, kind: 'failure' }])).not.toContain('\u001b');
    expect(renderHistory(coloured, [{ ...line, kind: 'failure' }])).toContain('\u001b[31mensureVpc done');
  });
});
