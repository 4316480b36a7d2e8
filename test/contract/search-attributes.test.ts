import { describe, expect, it } from '@jest/globals';
import { SearchAttributeType } from '@temporalio/common';
import { SEARCH_ATTRIBUTES } from '../../contract/search-attributes.js';

describe('the search attributes', () => {
  it('are those of the interface, all Keyword', () => {
    expect(Object.fromEntries(SEARCH_ATTRIBUTES.map(({ name, type }) => [name, type]))).toEqual({
      CausewayState: SearchAttributeType.KEYWORD,
      CausewayOrganizationId: SearchAttributeType.KEYWORD,
      CausewayProviderRegion: SearchAttributeType.KEYWORD,
      CausewayCustomerAccountId: SearchAttributeType.KEYWORD,
      CausewayPeeringConnectionId: SearchAttributeType.KEYWORD,
    });
  });
});
