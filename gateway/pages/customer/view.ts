import { kitFor, type Kit } from '../../../client/kits/kit.js';
import { CausewayError } from '../../../client/causeway-error.js';
import { ingressText } from '../../../client/kits/rules.js';
import type { PeeringStatus } from '../../../contract/status.js';
import type { CustomerDns } from '../../../domain/customer-steps.js';
import { timeLeftText } from '../../../domain/durations.js';
import { isTransitGatewayAdvice } from '../../../domain/plan.js';
import { shown } from '../../../domain/quoting.js';
import { storyOf, type Story } from './story.js';

/** All that the customer's page shows. Nothing in it comes from another connection: no reasons, no history, no messages. */
export interface CustomerView {
  customerName: string;
  /** As the provider calls itself; null where it does not. */
  providerName: string | null;
  story: Story;
  /** What is asked, and how to do it; null while there is nothing to accept, or nothing any more. */
  kit: Kit | null;
  /** The acceptance in the AWS console of the customer's region. */
  consoleUrl: string | null;
  /** When AWS drops the request, while it waits. */
  expiry: { at: string; left: string } | null;
  /** Ports by protocol, as `tcp 5432`. */
  openings: string[];
  /** The customer's DNS option as AWS shows it; null where it was not asked for. */
  dns: CustomerDns | null;
  isSameRegion: boolean;
  /** Where a Transit Gateway governs the network: what fits better, and where to read about it. */
  transitGateway: { url: string | null } | null;
  link: { url: string; until: string };
  form: string;
  told: Told | null;
}

/** What the customer has just told us by a form of the page. */
export const TOLD = ['accepted', 'declined', 'heard', 'not-taken', 'unreadable-ranges'] as const;

export type Told = (typeof TOLD)[number];

export interface ShownTo {
  status: PeeringStatus;
  providerName: string | null;
  /** With `{region}` in place of the region. */
  consoleAddress: string;
  link: { url: string; expiresAt: number };
  /** Proves that a form came from this page. */
  form: string;
  told: Told | null;
}

/** @param now ms since the epoch */
export function customerView(shownTo: ShownTo, now: number): CustomerView {
  const { status, link } = shownTo;
  const kit = kitOrNull(status);
  const expiresAt = kit?.expiresAt ?? null;
  return {
    customerName: shown(status.customerName),
    providerName: shownTo.providerName,
    story: storyOf(status),
    kit,
    consoleUrl: kit === null ? null : consoleUrl(kit, shownTo.consoleAddress),
    expiry: expiresAt === null ? null : { at: expiresAt, left: timeLeftText(Date.parse(expiresAt), now) },
    openings: kit === null ? [] : kit.ingress.map(ingressText),
    dns: kit?.dnsResolution === true ? (status.facts.customerSteps?.dns ?? 'missing') : null,
    isSameRegion: kit !== null && kit.requester.region === kit.accepter.region,
    transitGateway: transitGateway(status),
    link: { url: link.url, until: new Date(link.expiresAt).toISOString() },
    form: shownTo.form,
    told: shownTo.told,
  };
}

function transitGateway({ plan }: PeeringStatus): CustomerView['transitGateway'] {
  const advice = plan?.advice.find(isTransitGatewayAdvice);
  if (advice === undefined) return null;
  return { url: /https:\/\/\S+$/.exec(advice)?.[0] ?? null };
}

function kitOrNull(status: PeeringStatus): Kit | null {
  try {
    return kitFor(status);
  } catch (error) {
    if (error instanceof CausewayError) return null;
    throw error;
  }
}

/** The ids have a known form, or there is no kit: nothing in the address needs escaping. */
function consoleUrl({ accepter, peeringConnectionId }: Kit, address: string): string {
  const { region } = accepter;
  const place = `vpcconsole/home?region=${region}#PeeringConnectionDetails:VpcPeeringConnectionId=${peeringConnectionId}`;
  return `${address.replaceAll('{region}', region)}/${place}`;
}
