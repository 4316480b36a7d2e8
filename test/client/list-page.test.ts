import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TypedSearchAttributes } from '@temporalio/common';
import { CausewayClient } from '../../client/causeway-client.js';
import type { PageOptions } from '../../client/list-page.js';
import type { ListedPeering } from '../../client/list-peerings.js';
import {
  connectionName,
  maintainWorkflowId,
  provisionWorkflowId,
  type ConnectionKey,
} from '../../contract/names.js';
import { ORGANIZATION_ATTRIBUTE, STATE_ATTRIBUTE } from '../../contract/search-attributes.js';
import type { PeeringState } from '../../domain/lifecycle.js';
import { until } from '../harness/until.js';
import { startTemporalWorld, type TemporalWorld } from '../harness/temporal-world.js';

let temporal: TemporalWorld;
let client: CausewayClient;

const WAITING = 7;
const UP = 4;
const organizationOf = (index: number): string => `org-${(index % 2).toString()}`;
const keyOf = (index: number): ConnectionKey => ({
  organizationId: organizationOf(index),
  vpcId: `vpc-${index.toString(16).padStart(8, '0')}`,
});
const namesOf = (indices: readonly number[]): string[] =>
  indices.map((index) => connectionName(keyOf(index))).sort();
const ALL = Array.from({ length: WAITING + UP }, (_, index) => index);

beforeAll(async () => {
  temporal = await startTemporalWorld();
  client = new CausewayClient(temporal.client);
  // Those that are up have a request that is not yet over beside them, as in the moment of the handover.
  for (const index of ALL) {
    const isUp = index >= WAITING;
    await open(
      provisionWorkflowId(connectionName(keyOf(index))),
      isUp ? 'configuring' : 'awaiting-acceptance',
    );
    if (isUp) await open(maintainWorkflowId(connectionName(keyOf(index))), 'active');
  }
  await until('all are visible', async () =>
    (await client.list()).length === ALL.length ? true : undefined,
  );
});
afterAll(() => temporal.stop());

/** An execution that nobody carries out, shown as in that state. */
async function open(workflowId: string, state: PeeringState): Promise<void> {
  const [, organizationId = ''] = workflowId.split('/');
  await temporal.client.workflow.start(
    workflowId.startsWith('provision') ? 'provisionPeering' : 'maintainPeering',
    {
      workflowId,
      taskQueue: `nobody-${randomUUID()}`,
      typedSearchAttributes: new TypedSearchAttributes([
        { key: STATE_ATTRIBUTE, value: state },
        { key: ORGANIZATION_ATTRIBUTE, value: organizationId },
      ]),
    },
  );
}

async function allPages(options: PageOptions): Promise<ListedPeering[][]> {
  const pages: ListedPeering[][] = [];
  let pageToken: string | undefined;
  do {
    const page = await client.listPage({ ...options, ...(pageToken === undefined ? {} : { pageToken }) });
    pages.push(page.peerings);
    pageToken = page.nextPageToken ?? undefined;
  } while (pageToken !== undefined);
  return pages;
}

const namesIn = (pages: readonly ListedPeering[][]): string[] => pages.flat().map(connectionName).sort();

describe('the list, page by page', () => {
  it.each([1, 2, 3, 50])('has each connection on exactly one page, %i at most on each', async (pageSize) => {
    const pages = await allPages({ pageSize });
    expect(namesIn(pages)).toEqual(namesOf(ALL));
    expect(Math.max(...pages.map(({ length }) => length))).toBeLessThanOrEqual(pageSize);
  });

  it('has by state only those of which that execution speaks', async () => {
    const up = ALL.slice(WAITING);
    expect(namesIn(await allPages({ state: 'active', pageSize: 3 }))).toEqual(namesOf(up));
    expect(namesIn(await allPages({ state: 'configuring', pageSize: 3 }))).toEqual([]);
    expect(namesIn(await allPages({ state: 'planning' }))).toEqual([]);
  });

  it('has by organization only those of these', async () => {
    const own = ALL.filter((index) => organizationOf(index) === 'org-1');
    expect(namesIn(await allPages({ organizationIds: ['org-1', 'org-9'], pageSize: 2 }))).toEqual(
      namesOf(own),
    );
    await expect(client.listPage({ organizationIds: ["x' OR ''='"] })).rejects.toMatchObject({
      code: 'InvalidRequest',
    });
  });

  it('refuses a token of another filter, and one that somebody made up', async () => {
    const { nextPageToken } = await client.listPage({ pageSize: 1 });
    const pageToken = nextPageToken ?? '';
    const madeUp = `${pageToken.slice(0, 17)}${Buffer.from('{"CloseTime":1}').toString('base64url')}`;
    for (const options of [
      { pageToken, state: 'active' as const },
      { pageToken: madeUp },
      { pageToken: 'x' },
    ])
      await expect(client.listPage(options)).rejects.toMatchObject({ code: 'InvalidRequest' });
    expect((await client.listPage({ pageSize: 1, pageToken })).peerings).toHaveLength(1);
  });
});
