import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import type { AwsCall } from '../../contract/audit.js';
import { quoted } from '../../domain/quoting.js';

/** What stands for a payload that cannot be decoded: encrypted, or written by something else. */
export const UNREADABLE = '?';

/** More calls than any activity makes. */
const MAX_CALLS = 200;

interface Payloads {
  payloads?: Payload[] | null;
}

/** The first of some payloads; undefined where there is none, or none that the default converter can decode. */
export function firstOf(list: Payloads | null | undefined): unknown {
  const payload = list?.payloads?.[0];
  if (payload === undefined) return undefined;
  try {
    return defaultPayloadConverter.fromPayload<unknown>(payload);
  } catch {
    return undefined;
  }
}

/** Whether there is something that cannot be decoded, as opposed to nothing. */
function isUnreadable(list: Payloads | null | undefined): boolean {
  return (list?.payloads ?? []).length > 0 && firstOf(list) === undefined;
}

export function textIn(value: unknown, field: string): string | null {
  const text: unknown = fieldOf(value, field);
  return typeof text === 'string' && text !== '' ? text : null;
}

/** ` by "Carol": "not this year"` of a message; what people wrote is quoted, cut and escaped. */
export function senderAndReason(list: Payloads | null | undefined): string {
  if (isUnreadable(list)) return ` ${UNREADABLE}`;
  const message = firstOf(list);
  const by = textIn(message, 'by');
  const reason = textIn(message, 'reason');
  return `${by === null ? '' : ` by ${quoted(by)}`}${reason === null ? '' : `: ${quoted(reason)}`}`;
}

/** What an activity left of its calls to AWS beside its answer (`Audited`). */
export function callsIn(list: Payloads | null | undefined): AwsCall[] {
  const calls = fieldOf(firstOf(list), 'calls');
  return Array.isArray(calls) ? calls.slice(0, MAX_CALLS).flatMap((call: unknown) => callOf(call)) : [];
}

/** A call by AWS's own id of it; none where the id is not known. */
export function callOf(value: unknown): AwsCall[] {
  const requestId = textIn(value, 'requestId');
  if (requestId === null) return [];
  const action = textIn(value, 'action') ?? UNREADABLE;
  return [{ action, region: textIn(value, 'region') ?? UNREADABLE, requestId }];
}

function fieldOf(value: unknown, field: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, field) : undefined;
}
