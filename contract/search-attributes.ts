import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

export const STATE_ATTRIBUTE = defineSearchAttributeKey('CausewayState', SearchAttributeType.KEYWORD);
export const ORGANIZATION_ATTRIBUTE = defineSearchAttributeKey(
  'CausewayOrganizationId',
  SearchAttributeType.KEYWORD,
);
export const PROVIDER_REGION_ATTRIBUTE = defineSearchAttributeKey(
  'CausewayProviderRegion',
  SearchAttributeType.KEYWORD,
);
export const CUSTOMER_ACCOUNT_ATTRIBUTE = defineSearchAttributeKey(
  'CausewayCustomerAccountId',
  SearchAttributeType.KEYWORD,
);
export const PEERING_CONNECTION_ATTRIBUTE = defineSearchAttributeKey(
  'CausewayPeeringConnectionId',
  SearchAttributeType.KEYWORD,
);

/** Every search attribute Causeway writes; one that is not registered would fail the workflow task for ever. */
export const SEARCH_ATTRIBUTES = [
  STATE_ATTRIBUTE,
  ORGANIZATION_ATTRIBUTE,
  PROVIDER_REGION_ATTRIBUTE,
  CUSTOMER_ACCOUNT_ATTRIBUTE,
  PEERING_CONNECTION_ATTRIBUTE,
] as const;
