/** The two accounts of the local stack; the provider's is the one in the sample configuration. */
export const PROVIDER_ACCOUNT = '111122223333';
export const CUSTOMER_ACCOUNT = '444455556666';
