import { quoted } from '../domain/quoting.js';

/** Signals come from any SDK: their payload is data of unknown shape, shown shortened and escaped. */
export function senderAndReason(payload: unknown): string {
  const reason = textIn(payload, 'reason');
  return reason === null ? senderOf(payload) : `${senderOf(payload)}: ${quoted(reason)}`;
}

export function senderOf(payload: unknown): string {
  const by = textIn(payload, 'by');
  return by === null ? 'someone' : quoted(by);
}

function textIn(payload: unknown, key: 'by' | 'reason'): string | null {
  if (typeof payload !== 'object' || payload === null) return null;
  const value: unknown = Reflect.get(payload, key);
  return typeof value === 'string' && value !== '' ? value : null;
}
