import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import {
  CUSTOMER_ACCOUNT_ATTRIBUTE,
  ORGANIZATION_ATTRIBUTE,
  PEERING_CONNECTION_ATTRIBUTE,
  PROVIDER_REGION_ATTRIBUTE,
  STATE_ATTRIBUTE,
} from '../contract/search-attributes.js';
import type { PeeringStatus } from '../contract/status.js';
import { isEndState } from '../domain/lifecycle.js';
import { detailsOf } from './details.js';

/** The status as Temporal shows it: in the UI's details, and in the search attributes. */
export class PublishedStatus {
  /** What the search attributes hold: each upsert is an event of the history. */
  #searchable = '';

  /** @param isValid nothing that a caller made up becomes searchable */
  publish(status: PeeringStatus, { isValid }: { isValid: boolean }): void {
    setCurrentDetails(detailsOf(status, Date.now()));
    const { state, organizationId, provider, customer, peeringConnectionId } = status;
    if (!isValid) {
      if (isEndState(state)) upsertSearchAttributes([{ key: STATE_ATTRIBUTE, value: state }]);
      return;
    }
    const searchable = JSON.stringify([
      state,
      organizationId,
      provider?.region,
      customer.accountId,
      peeringConnectionId,
    ]);
    if (searchable === this.#searchable) return;
    this.#searchable = searchable;
    upsertSearchAttributes([
      { key: STATE_ATTRIBUTE, value: state },
      { key: ORGANIZATION_ATTRIBUTE, value: organizationId },
      { key: PROVIDER_REGION_ATTRIBUTE, value: provider?.region ?? null },
      { key: CUSTOMER_ACCOUNT_ATTRIBUTE, value: customer.accountId },
      { key: PEERING_CONNECTION_ATTRIBUTE, value: peeringConnectionId },
    ]);
  }
}
