/** Every way a run can fail, or an AWS call can be answered. The `type` of the application failure. */
export const FAILURE_CODES = [
  'InvalidRequest',
  'AlreadyConnected',
  'AddressSpaceExhausted',
  'PeeringDeclined',
  'PeeringExpired',
  'PeeringFailed',
  'PeeringDeleted',
  'PeeringDisconnected',
  'AcceptanceMismatch',
  'NotActive',
  'QuotaExceeded',
  'PermissionMissing',
  'CredentialsRefused',
  'WrongAccount',
  'NothingShown',
  'AwsThrottled',
  'AwsUnavailable',
  'NotYetConsistent',
  'NetworkInterfacesInUse',
  'AwsRefused',
  'ConflictingResource',
  'ReleaseIncomplete',
  'NotificationRefused',
  'ConfigurationInvalid',
  'InternalError',
] as const;

export type FailureCode = (typeof FAILURE_CODES)[number];

export function isFailureCode(text: string | null | undefined): text is FailureCode {
  return FAILURE_CODES.some((code) => code === text);
}
