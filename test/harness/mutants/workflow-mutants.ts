/** Compensations and checks of the workflows, taken out one at a time. */
import type { Edit } from '../mutant-bundle.js';
import type { Mutant } from './mutant.js';

const without = (module: string, text: string, instead = ''): Edit => ({ module, text, instead });

const refusedSubnets = {
  story: 'decline',
  fault: { activity: 'ensureSubnets', nth: 1, fault: 'refused' },
  end: 'declined',
  by: 'parked',
} as const;

export const WORKFLOW_MUTANTS: readonly Mutant[] = [
  {
    name: 'the undo of the network is not registered',
    point: refusedSubnets,
    shows: /vpc-\w+ belongs to no living connection/,
    code: { workflows: [without('undo', "undo.register('the network', ", "void ('the network', ")] },
  },
  {
    name: 'the undo of the block is not registered',
    point: refusedSubnets,
    shows: /is held by .*, which does not live/,
    code: {
      workflows: [without('undo', "undo.register('the address block', ", "void ('the address block', ")],
    },
  },
  {
    name: 'undone first in, first out',
    point: {
      story: 'decline',
      fault: { activity: 'releaseNetwork', nth: 1, fault: 'denied' },
      end: 'declined',
      by: 'parked',
    },
    shows: /is parked, and its block is free/,
    code: {
      workflows: [
        { module: 'compensation', text: '.at(-1)', instead: '.at(0)', times: 2 },
        without('compensation', '.pop()', '.shift()'),
      ],
    },
  },
  {
    name: 'handed over before it is up',
    point: {
      story: 'connectAndClose',
      fault: { peeringDeletedBefore: 'ensureRoutes' },
      end: 'disconnected',
    },
    shows: /vpc-\w+ belongs to no living connection/,
    code: {
      workflows: [
        without(
          'provision-peering',
          "if (outcome.kind === 'over') {",
          "if (outcome.kind === 'accepted') run.undo.handOver();\nif (outcome.kind === 'over') {",
        ),
      ],
    },
  },
  {
    name: 'the block is given back before the network is gone',
    point: {
      story: 'connectAndClose',
      fault: { activity: 'releaseNetwork', nth: 1, fault: 'denied' },
      end: 'released',
      by: 'parked',
    },
    shows: /is parked, and its block is free/,
    code: {
      workflows: [
        without('release-connection', 'const deleted = await ', 'const gone = '),
        without(
          'release-connection',
          "record.note(deleted.length === 0 ? 'AWS held nothing of it' : `deleted ${deleted.join(', ')}`);",
        ),
        without(
          'release-connection',
          'record.end(end, why, null);',
          'await gone;\nrecord.end(end, why, null);',
        ),
      ],
    },
  },
  {
    name: 'access is not put back',
    point: {
      story: 'changeAccess',
      fault: { activity: 'ensureRoutes', nth: 2, fault: 'refused' },
      end: 'released',
      by: 'not changed',
    },
    shows: /rules of the security groups: too much/,
    code: {
      workflows: [
        without(
          'change-access',
          'async function restore(',
          'async function restore() {}\nasync function notRestore(',
        ),
      ],
    },
  },
  {
    name: 'what was built for a change stays after it is taken back',
    point: {
      story: 'swapAccess',
      fault: { activity: 'ensureRoutes', nth: 2, fault: 'refused' },
      end: 'released',
      by: 'not changed',
    },
    shows: /is of no use/,
    code: { workflows: [without('change-access', 'if (!inPlace)', 'if (false)')] },
  },
  {
    name: 'the block of a closed connection does not rest',
    point: {
      story: 'connectAndClose',
      fault: { activity: 'releaseBlock', nth: 1, fault: 'reply-lost' },
      end: 'released',
    },
    shows: /does not rest/,
    code: {
      workflows: [
        without(
          '../domain/addresses/address-pool',
          'if (order.wasActive && quarantineMs > 0) {',
          'if (false) {',
        ),
      ],
    },
  },
  {
    name: 'a claim is believed',
    point: {
      story: 'falseClaim',
      fault: { activity: 'describePeeringConnection', nth: 2, fault: 'fails-before' },
      end: 'declined',
    },
    shows: { staysIn: 'configuring' },
    code: {
      workflows: [
        without(
          'await-acceptance',
          "if (judgement.kind === 'over') return judgement;",
          "if (judgement.kind === 'over') return judgement;\nif (claimed) return { kind: 'accepted' };",
        ),
      ],
    },
  },
];
