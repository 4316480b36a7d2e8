import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { NotificationKind } from '../../contract/notification.js';
import type { PeeringStatus } from '../../contract/status.js';
import type { PeeringRequest } from '../../domain/request.js';
import type { PeeringRecord as Recorded } from '../../workflows/peering-record.js';

/** What the record would show in Temporal; outside a workflow there is nothing to show it in. */
const setCurrentDetails = jest.fn<(details: string) => void>();
const upsertSearchAttributes = jest.fn<(pairs: { key: { name: string }; value: unknown }[]) => void>();
jest.unstable_mockModule('@temporalio/workflow', () => ({ setCurrentDetails, upsertSearchAttributes }));
/** What people would be told. */
const told: { kind: NotificationKind; message: string }[] = [];
class Herald {
  use(): void {
    // Whether there is a webhook makes no difference to what is told.
  }
  tell(kind: NotificationKind, _status: PeeringStatus, message: string): void {
    told.push({ kind, message });
  }
}
jest.unstable_mockModule('../../workflows/herald.js', () => ({ Herald }));
const { PeeringRecord } = await import('../../workflows/peering-record.js');

const CUSTOMER = {
  accountId: '444455556666',
  region: 'eu-central-1',
  vpcId: 'vpc-22222222',
  subnetCidrs: ['172.31.0.0/20'],
};
const REQUEST: PeeringRequest = {
  customerName: 'Acme',
  organizationId: 'org-42',
  awsAccountId: CUSTOMER.accountId,
  region: CUSTOMER.region,
  vpcId: CUSTOMER.vpcId,
  subnetCidrs: CUSTOMER.subnetCidrs,
  vpcCidrs: [],
  access: [{ protocol: 'tcp', ports: [{ from: 0, to: 65_535 }] }],
  dnsResolution: false,
  networkGovernance: 'vpc',
  providerRegion: null,
  providerCidr: null,
};

const unchecked = (): Recorded =>
  PeeringRecord.unchecked({ organizationId: 'org-42', customerName: 'Acme', customer: CUSTOMER }, new Date());
const accepted = (): Recorded => {
  const record = unchecked();
  record.accept(REQUEST);
  return record;
};
/** Each upsert so far, as names and values. */
/** What is changed is written once all of an activation's messages are in. */
const written = (): Promise<void> => Promise.resolve();

const upserts = (): Record<string, unknown>[] =>
  upsertSearchAttributes.mock.calls.map(([pairs]) =>
    Object.fromEntries(pairs.map(({ key, value }) => [key.name, value])),
  );

beforeEach(() => {
  setCurrentDetails.mockClear();
  upsertSearchAttributes.mockClear();
  told.splice(0);
});

describe('the record of a connection', () => {
  it('tells what was agreed once the request is valid, in the spelling of a request, and what is agreed after a change', () => {
    expect(unchecked().status.customer).toEqual(CUSTOMER);
    const record = accepted();
    expect(record.status.customer).toEqual({
      ...CUSTOMER,
      access: [{ protocol: 'tcp', ports: ['0-65535'] }],
      dnsResolution: false,
    });
    record.changed(
      {
        ...REQUEST,
        access: [
          { protocol: 'tcp', ports: [{ from: 5432, to: 5432 }] },
          { protocol: 'icmp', ports: [] },
        ],
      },
      { networkAclId: 'acl-1' },
    );
    expect(record.status.customer.access).toEqual([{ protocol: 'tcp', ports: [5432] }, { protocol: 'icmp' }]);
  });

  it('keeps 50 entries of its history: what changed the state, and the last of what was noted', () => {
    const record = accepted();
    for (let index = 0; index < 200; index += 1) record.note(`note ${index}`);
    expect(record.status.history).toHaveLength(50);
    expect(record.status.history[0]?.note).toBe('request received');
    expect(record.status.history[1]?.note).toBe('note 151');
    expect(record.status.history.at(-1)?.note).toBe('note 199');
  });

  it('counts what comes again, also when something else came between, and hides nothing by it', () => {
    const record = accepted();
    for (let index = 0; index < 500; index += 1) {
      record.note('one');
      record.note('two');
    }
    expect(record.status.history.map(({ note, count }) => [note, count])).toEqual([
      ['request received', undefined],
      ['one', 500],
      ['two', 500],
    ]);
  });

  it('begins anew with what was long ago', () => {
    const record = accepted();
    record.note('again');
    for (let index = 0; index < 30; index += 1) record.note(`note ${index}`);
    record.note('again');
    const entries = record.status.history.filter(({ note }) => note === 'again');
    expect(entries.map(({ count }) => count)).toEqual([undefined, undefined]);
  });

  it('does not take the same words in another state for the same', () => {
    const record = accepted();
    record.note('words');
    record.move('building-network', 'words');
    expect(record.status.history.map(({ state, note }) => [state, note]).slice(1)).toEqual([
      ['planning', 'words'],
      ['building-network', 'words'],
    ]);
  });

  it('makes nothing searchable of a request that nobody has found valid, but its end', async () => {
    const record = unchecked();
    record.note('looking at it');
    await written();
    expect(upserts()).toEqual([]);
    record.end('failed', 'not valid', { code: 'InvalidRequest', message: 'region: unknown' });
    await written();
    expect(upserts()).toEqual([{ CausewayState: 'failed' }]);
    expect(record.status.failure).toMatchObject({ code: 'InvalidRequest', message: 'region: unknown' });
  });

  it('writes search attributes only when one of them changes', async () => {
    const record = accepted();
    for (let index = 0; index < 100; index += 1) record.note(`note ${index}`);
    await written();
    expect(setCurrentDetails).toHaveBeenCalledTimes(1);
    expect(upserts()).toEqual([
      {
        CausewayState: 'planning',
        CausewayOrganizationId: 'org-42',
        CausewayProviderRegion: null,
        CausewayCustomerAccountId: '444455556666',
        CausewayPeeringConnectionId: null,
      },
    ]);
    record.requested('pcx-1', null);
    record.requested('pcx-1', '2026-01-08T00:00:00.000Z');
    await written();
    expect(upserts()).toHaveLength(2);
    expect(upserts()[1]).toMatchObject({ CausewayPeeringConnectionId: 'pcx-1' });
    expect(setCurrentDetails.mock.calls.at(-1)?.[0]).toContain('note 99');
  });

  it('parks from where it was, and goes back there, however often it is parked', () => {
    const record = accepted();
    record.move('building-network', 'building');
    record.park('QuotaExceeded', { message: 'no VPC left', waitsFor: 'VPCs per Region' });
    const since = record.status.parked?.since;
    record.park('QuotaExceeded', { message: 'still no VPC left', waitsFor: 'VPCs per Region' });
    expect(record.status).toMatchObject({
      state: 'parked',
      parked: { from: 'building-network', for: 'VPCs per Region', since },
    });
    expect(record.status.nextStep.what).toMatch(/^VPCs per Region: /);
    record.unpark();
    expect(record.status).toMatchObject({ state: 'building-network', parked: null });
    const notes = record.status.history.length;
    record.unpark();
    expect(record.status.history).toHaveLength(notes);
  });

  it('refuses a move that the lifecycle does not have, and stays as it was', () => {
    const record = accepted();
    expect(() => record.move('active', 'too early')).toThrow(/cannot go from planning to active/);
    expect(record.status).toMatchObject({ state: 'planning' });
    expect(record.status.history).toHaveLength(1);
  });

  it('never gives the same generation to two links, also not in the next run', () => {
    const record = accepted();
    const generations = [record.renewLink('"bob"'), record.renewLink('"bob"')];
    const resumed = PeeringRecord.resumed(record.status);
    expect(resumed.status.linkGeneration).toBe(generations[1]);
    generations.push(resumed.renewLink('someone'));
    expect([...new Set(generations)].sort((a, b) => a - b)).toEqual(generations);
    expect(generations[0]).toBeGreaterThan(Date.parse('2026-01-01') / 1_000);
  });

  it('goes on from an earlier run without changing that run’s status', () => {
    const earlier = accepted().status;
    const resumed = PeeringRecord.resumed(earlier);
    resumed.note('in the new run');
    expect(earlier.history).toHaveLength(1);
    expect(resumed.status.history).toHaveLength(2);
  });

  it('tells people of a wait once, of drift once however often it is seen, and of the end', () => {
    const record = accepted();
    record.move('building-network', 'building');
    record.park('QuotaExceeded', { message: 'no VPC left', waitsFor: 'VPCs per Region' });
    record.park('QuotaExceeded', { message: 'still no VPC left', waitsFor: 'VPCs per Region' });
    for (let look = 0; look < 3; look += 1) record.drifted('route to 172.31.0.0/20 is missing');
    record.drifted('route to 172.31.0.0/20 is blackhole');
    record.end('cancelled', 'cancelled', null);
    expect(told.map(({ kind }) => kind)).toEqual(['parked', 'drift', 'drift', 'ended']);
  });

  it('is no end of the connection when a second request is refused, or nobody knows which it was', () => {
    const refused = accepted();
    refused.end('failed', 'up already', { code: 'AlreadyConnected', message: 'it is up' });
    const unknown = unchecked();
    unknown.end('failed', 'not valid', { code: 'InvalidRequest', message: 'customerName' });
    expect([refused, unknown].map(({ isConnectionsEnd }) => isConnectionsEnd)).toEqual([false, false]);
    expect(told).toEqual([]);
  });
});
