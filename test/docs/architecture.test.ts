import { existsSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import {
  endedPeeringWorkflowId,
  maintainWorkflowId,
  manageAddressesWorkflowId,
  manualSweepWorkflowId,
  notificationWorkflowId,
  observeScheduleId,
  poolWorkflowId,
  providerCheckWorkflowId,
  provisionWorkflowId,
  sweepScheduleId,
  verifyAddressesWorkflowId,
  WORKFLOW,
} from '../../contract/names.js';
import { TRANSITIONS } from '../../domain/lifecycle.js';
import { codesIn, diagramIn, pageOf, rowsOf, sectionOf } from './markdown.js';
import { readStateDiagram } from './state-diagram.js';

const PAGE = pageOf('architecture.md');

const CONNECTION = '<organizationId>/<vpcId>';
const IDS: Record<keyof typeof WORKFLOW, string[]> = {
  planPeering: [],
  provisionPeering: [provisionWorkflowId(CONNECTION)],
  maintainPeering: [maintainWorkflowId(CONNECTION)],
  cidrPool: [poolWorkflowId('<scope>'), poolWorkflowId('<scope>', '<range>')],
  observePeerings: [observeScheduleId('<accountId>', '<region>')],
  sweepOrphans: [sweepScheduleId('<task queue>'), manualSweepWorkflowId('<task queue>')],
  endedPeering: [endedPeeringWorkflowId(CONNECTION)],
  deliverNotification: [notificationWorkflowId('<run>', 1).replace(/1$/, '<number>')],
  checkProvider: [providerCheckWorkflowId('<anything>')],
  manageAddresses: [manageAddressesWorkflowId('<anything>')],
  verifyAddresses: [verifyAddressesWorkflowId('<anything>')],
};

describe('the page on the architecture', () => {
  it('has every process, and no other, by its workflow id', () => {
    const told = rowsOf(sectionOf(PAGE, 'Processes').replace(/^```[^]*?^```$/gm, ''));
    const names = told.flatMap(([name = '']) => codesIn(name));
    expect(names.sort()).toEqual(Object.values(WORKFLOW).sort());
    for (const [name = '', id = ''] of told) {
      const [, wanted] = Object.entries(IDS).find(([workflow]) => codesIn(name).includes(workflow)) ?? [];
      expect(codesIn(id)).toEqual(expect.arrayContaining(wanted ?? ['?']));
    }
  });

  it('shows every process in the flow', () => {
    const flow = diagramIn(sectionOf(PAGE, 'Processes'));
    for (const workflow of Object.values(WORKFLOW)) expect(flow).toMatch(new RegExp(`\\b${workflow}\\b`));
  });

  it('draws every move from one state to another that there is, and no other', () => {
    const { moves, initial } = readStateDiagram(diagramIn(sectionOf(PAGE, 'States of a connection')));
    const wanted = Object.entries(TRANSITIONS).flatMap(([from, next]) =>
      next.map((to) => `${from} to ${to}`),
    );
    expect(moves.map(({ from, to }) => `${from} to ${to}`).sort()).toEqual(wanted.sort());
    expect(initial).toEqual(['planning']);
  });

  it('names, for all that Causeway survives, the tests that hold it', () => {
    for (const [what, does, tests = ''] of rowsOf(sectionOf(PAGE, 'What survives what'))) {
      const links = [...tests.matchAll(/\[([^\]]+)\]\(([^)]+)\)/g)];
      expect([what, links.length > 0, does === '']).toEqual([what, true, false]);
      for (const [, name = '', path = ''] of links) {
        expect(path).toBe(`../test/${name}.test.ts`);
        expect([path, existsSync(new URL(`../${path}`, import.meta.url))]).toEqual([path, true]);
      }
    }
  });
});

describe('the look at a state diagram', () => {
  it('takes an arrow from or to a box for each state in it', () => {
    const diagram = `stateDiagram-v2
      state "the box" as box {
        state "b-1" as b_1
        [*] --> b_1
        b_1 --> b_2: text
      }
      a --> box
      box --> c`;
    const { moves, initial } = readStateDiagram(diagram);
    expect(moves.map(({ from, to }) => `${from} ${to}`)).toEqual([
      'b-1 b_2',
      'a b-1',
      'a b_2',
      'b-1 c',
      'b_2 c',
    ]);
    expect(initial).toEqual(['b-1']);
  });

  it('passes over no line that it does not know', () => {
    expect(() => readStateDiagram('stateDiagram-v2\n  a -> b')).toThrow('a -> b');
  });
});
