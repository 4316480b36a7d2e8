import type { FailureCode } from './failure-codes.js';
import type { Who } from './lifecycle.js';

export { classifyAwsError, isAlreadyAsWanted, quotaOf } from './aws-errors.js';
export { FAILURE_CODES, isFailureCode, type FailureCode } from './failure-codes.js';

/** What to do about it: try again soon, wait visibly until the cause has gone, or end. */
type Disposition = 'retry' | 'park' | 'give-up';

/** What a failure means and what comes next. Texts are whole sentences, without names or numbers of one run. */
export interface Failure {
  /** Who can put it right. */
  readonly who: Who;
  readonly disposition: Disposition;
  readonly summary: string;
  /** The next step for the provider's operator. */
  readonly operator: string;
  /** What the customer is told; null where it is none of their concern. */
  readonly customer: string | null;
}

/** The failure table. The documentation page is checked against it. */
export const FAILURES: Record<FailureCode, Failure> = {
  InvalidRequest: {
    who: 'provider',
    disposition: 'give-up',
    summary: 'The request is not valid.',
    operator: 'Correct the fields named in the message and request again; nothing was made in AWS.',
    customer: null,
  },
  AlreadyConnected: {
    who: 'provider',
    disposition: 'give-up',
    summary: 'The connection is already up, or is just being taken down.',
    operator:
      'Use the living connection, change its access, or close it and wait for its end before requesting again.',
    customer: null,
  },
  AddressSpaceExhausted: {
    who: 'provider',
    disposition: 'give-up',
    summary: 'No address block is free that the customer does not use.',
    operator: 'Add ranges to addresses.ranges in the configuration, or name a free block as providerCidr.',
    customer: null,
  },
  PeeringDeclined: {
    who: 'customer',
    disposition: 'give-up',
    summary: 'The customer declined the peering request.',
    operator:
      'Ask the customer for the reason, and request again once it is settled; what was made is released.',
    customer: 'You declined the request. If that was a mistake, ask the provider to request again.',
  },
  PeeringExpired: {
    who: 'customer',
    disposition: 'give-up',
    summary: 'The customer did not accept the peering request within 7 days.',
    operator:
      'Agree with the customer when it will be accepted, and request again; what was made is released.',
    customer: 'The request expired before it was accepted. Ask the provider to request again.',
  },
  PeeringFailed: {
    who: 'customer',
    disposition: 'give-up',
    summary:
      'AWS could not make the peering: the ranges overlap, or account, region or VPC id do not belong together.',
    operator:
      'Ask the customer to check the account, VPC id, region and all CIDR blocks of the VPC, and request again with vpcCidrs.',
    customer:
      'Please check the account number, region, VPC id and all CIDR blocks of the VPC you gave the provider.',
  },
  PeeringDeleted: {
    who: 'provider',
    disposition: 'give-up',
    summary: "The provider's own account deleted the peering before it was up.",
    operator:
      'Find out in CloudTrail who called DeleteVpcPeeringConnection, and request again; what was made is released.',
    customer: 'The provider withdrew the request; it will tell you whether it asks again.',
  },
  PeeringDisconnected: {
    who: 'customer',
    disposition: 'give-up',
    summary: 'The customer deleted the peering connection after accepting it.',
    operator: 'Ask the customer whether it was meant, and request again if not; what was made is released.',
    customer:
      'The peering connection was deleted in your account. If that was a mistake, ask the provider to request again.',
  },
  AcceptanceMismatch: {
    who: 'provider',
    disposition: 'give-up',
    summary: 'AWS shows an acceptance by another account, VPC, region or address range than requested.',
    operator:
      'Treat it as a security matter: settle with the customer who accepted, before requesting again.',
    customer: 'The acceptance does not match what was requested. Please contact the provider.',
  },
  NotActive: {
    who: 'provider',
    disposition: 'give-up',
    summary: 'The connection is not active, so its access cannot be changed now.',
    operator: 'Look at its status, and change the access once it is active.',
    customer: null,
  },
  QuotaExceeded: {
    who: 'provider',
    disposition: 'park',
    summary: 'A quota of the AWS account is used up.',
    operator: 'Raise the quota in Service Quotas or make room; the run goes on by itself.',
    customer: null,
  },
  PermissionMissing: {
    who: 'provider',
    disposition: 'park',
    summary: 'AWS refuses the call for want of a permission.',
    operator:
      "Allow the action on the account named in the message: look at the role's policies, and at service control, tag and endpoint policies; the run goes on by itself.",
    customer: null,
  },
  CredentialsRefused: {
    who: 'provider',
    disposition: 'park',
    summary: "AWS does not take the worker's credentials.",
    operator:
      "Renew the worker's credentials, or look at its clock, its role and the role's trust; the run goes on by itself.",
    customer: null,
  },
  WrongAccount: {
    who: 'provider',
    disposition: 'park',
    summary: 'The credentials of the worker belong to another account than the provider’s.',
    operator:
      'Correct provider.roleArn, provider.roles or the credentials of the worker, or provider.accountId; nothing is believed or deleted until then, and the run goes on by itself.',
    customer: null,
  },
  NothingShown: {
    who: 'provider',
    disposition: 'park',
    summary: "AWS shows neither the peering nor the provider's own VPC of it.",
    operator:
      'Look in AWS for the VPC named in the message, and at AWS_ENDPOINT_URL. If both were deleted by hand, close the connection; else the run goes on by itself.',
    customer: null,
  },
  AwsThrottled: {
    who: 'causeway',
    disposition: 'retry',
    summary: 'AWS asks for fewer calls.',
    operator:
      'Nothing to do: the call is repeated more slowly. If it lasts, look for other software calling EC2 in the account.',
    customer: null,
  },
  AwsUnavailable: {
    who: 'causeway',
    disposition: 'retry',
    summary: 'AWS did not answer, or answered with a failure of its own.',
    operator:
      'Nothing to do: the call is repeated. If it lasts, look at the AWS Health Dashboard and the network of the worker.',
    customer: null,
  },
  NotYetConsistent: {
    who: 'causeway',
    disposition: 'retry',
    summary: 'AWS does not show an earlier change everywhere yet.',
    operator: 'Nothing to do: the call is repeated until AWS shows the change.',
    customer: null,
  },
  NetworkInterfacesInUse: {
    who: 'provider',
    disposition: 'park',
    summary: 'Network interfaces in the VPC of the connection keep it from being deleted.',
    operator:
      'Stop the connectors that own the network interfaces named in the message; the release goes on by itself.',
    customer: null,
  },
  AwsRefused: {
    who: 'provider',
    disposition: 'park',
    summary: 'AWS refuses the call as it is.',
    operator:
      'Read the answer of AWS in the message, and mend what it speaks of or cancel; the step is tried again by itself.',
    customer: null,
  },
  ConflictingResource: {
    who: 'provider',
    disposition: 'park',
    summary: 'Something exists in AWS in the place of what was to be made, and is not as wanted.',
    operator:
      'Look at the resource named in the message, and remove it if it is not needed; the run goes on by itself.',
    customer: null,
  },
  ReleaseIncomplete: {
    who: 'provider',
    disposition: 'park',
    summary: 'Not everything could be removed from AWS.',
    operator: 'Remove what the message names; the release goes on by itself.',
    customer: null,
  },
  NotificationRefused: {
    who: 'provider',
    disposition: 'give-up',
    summary: 'The receiver of notifications does not take a message.',
    operator:
      'Look at the receiver that notifications.webhookUrl names, with the answer in the message; the connection itself is not affected.',
    customer: null,
  },
  ConfigurationInvalid: {
    who: 'provider',
    disposition: 'give-up',
    summary: 'The configuration of the worker does not allow this.',
    operator: 'Correct the settings named in the message and restart the worker.',
    customer: null,
  },
  InternalError: {
    who: 'provider',
    disposition: 'park',
    summary: 'Causeway met something it does not know how to handle.',
    operator:
      'Report the message and the history of the run as a defect of Causeway; the step is tried again by itself.',
    customer: null,
  },
};

/** What is waited for where the failure itself does not name it: `waits for …`. */
const WAITED_FOR: Partial<Record<FailureCode, string>> = {
  AwsThrottled: 'AWS to take calls again',
  AwsUnavailable: 'AWS to answer',
  NotYetConsistent: 'AWS to show an earlier change',
  PermissionMissing: 'a permission',
  QuotaExceeded: 'a quota',
};

export function waitedFor(code: FailureCode): string {
  return WAITED_FOR[code] ?? `the cause of ${code} to be mended`;
}
