import { quoted } from '../domain/quoting.js';
import { avoidedCidrsIn, cidrsText } from '../domain/request/avoided-cidrs.js';

/** Signals come from any SDK: their payload is data of unknown shape, shown shortened and escaped. */
export function senderAndReason(payload: unknown): string {
  const reason = textIn(payload, 'reason');
  return reason === null ? senderOf(payload) : `${senderOf(payload)}: ${quoted(reason)}`;
}

/** Who declines, why, and what its network uses, which the next request can avoid. */
export function declineIn(payload: unknown): { text: string; avoidCidrs: string[] } {
  const avoidCidrs = avoidedCidrsIn(valueIn(payload, 'avoidCidrs'));
  const used = avoidCidrs.length === 0 ? '' : `; its network uses ${cidrsText(avoidCidrs)}`;
  return { text: `declined by ${senderAndReason(payload)}${used}`, avoidCidrs };
}

export function senderOf(payload: unknown): string {
  const by = textIn(payload, 'by');
  return by === null ? 'someone' : quoted(by);
}

function textIn(payload: unknown, key: 'by' | 'reason'): string | null {
  const value = valueIn(payload, key);
  return typeof value === 'string' && value !== '' ? value : null;
}

function valueIn(payload: unknown, key: string): unknown {
  return typeof payload === 'object' && payload !== null ? Reflect.get(payload, key) : undefined;
}
