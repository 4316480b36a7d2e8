import type { CustomerDns } from '../../../domain/customer-steps.js';
import { createHash } from 'node:crypto';
import type { Kit } from '../../../client/kits/kit.js';
import { html, type Html } from '../html.js';
import { page } from '../layout.js';
import { copyable, facts, timeOf } from '../words.js';
import { declineForm, toldForm } from './forms.js';
import { accessSection, kitsSection, narrowingSection } from './reference.js';
import { STEPS, type Stage } from './story.js';
import type { CustomerView, Told } from './view.js';

/** The customer's page as a whole. */
export function customerPage(view: CustomerView, root: string): string {
  return page({
    title: `${view.story.headline}: private connection for ${view.customerName}`,
    main: customerMain(view),
    script: 'customer.js',
    live: { url: view.link.url, mark: markOf(view) },
    width: 'narrow',
    root,
  });
}

/** Changes with everything that a reader would want to see again; the time that is left is told beside it. */
export function markOf(view: CustomerView): string {
  const shown = { ...view, expiry: null, told: null, form: null };
  return createHash('sha256').update(JSON.stringify(shown)).digest('base64url').slice(0, 16);
}

function customerMain(view: CustomerView): Html {
  const { kit, story } = view;
  return html` ${noticeOf(view.told, story.stage)}
    <h1>Private connection for ${view.customerName}</h1>
    <p class="lead">
      ${view.providerName ?? 'Your software provider'} asks to connect a small network of its own to your
      VPC${kit !== null && html` <code>${kit.accepter.vpcId}</code> in ${kit.accepter.region}`}, by an AWS VPC
      peering. Its connectors then reach the services you agreed on by private addresses, and nothing goes
      over the public internet.
    </p>
    ${statusCard(view)} ${kit !== null && sectionsFor(view, kit)}
    <footer>
      <p>
        This page shows this one connection only. The link is open until ${timeOf(view.link.until)}; whoever
        has it can say that you accept or decline, so pass it on with care.
      </p>
      <p class="no-print">
        <a href="${view.link.url}">Look again</a
        ><span class="with-script" hidden>. This page also keeps itself up to date.</span>
      </p>
    </footer>`;
}

function sectionsFor(view: CustomerView, kit: Kit): Html[] {
  return view.story.stage === 'asked'
    ? [
        sidesSection(kit, true),
        acceptSection(view, kit),
        accessSection(view, kit),
        narrowingSection(kit),
        kitsSection(view),
        adviceSection(view),
        declineSection(view),
      ]
    : [
        yourSideSection(view, kit),
        accessSection(view, kit),
        narrowingSection(kit),
        kitsSection(view),
        adviceSection(view),
        sidesSection(kit, false),
      ];
}

const NOTICES: Record<Told, Record<'asked' | 'else', string>> = {
  accepted: {
    asked:
      'Thank you. We are looking in AWS now; this takes a moment. If the page still says that it waits, AWS does not show your acceptance yet.',
    else: 'Thank you. AWS shows your acceptance.',
  },
  declined: {
    asked: 'Thank you. The request is being withdrawn.',
    else: 'Thank you. The request is withdrawn.',
  },
  heard: {
    asked:
      'We have heard that already. AWS is looked at anyway: if the page still says that it waits, AWS does not show your acceptance yet.',
    else: 'We have heard that already: see below where the connection stands.',
  },
  'unreadable-ranges': {
    asked:
      'Nothing was declined: the address ranges could not be read. Please write them as 10.0.0.0/8, 172.20.0.0/16, with a prefix length from 8 to 32.',
    else: 'That is not possible any more: see below where the connection stands.',
  },
  'not-taken': {
    asked: 'That could not be taken. Please try again.',
    else: 'That is not possible any more: see below where the connection stands.',
  },
};

function noticeOf(told: Told | null, stage: Stage): Html | null {
  if (told === null) return null;
  const notice = NOTICES[told][stage === 'asked' ? 'asked' : 'else'];
  return html`<p class="notice" id="notice" role="status">${notice}</p>`;
}

function statusCard({ story, expiry, consoleUrl }: CustomerView): Html {
  const left =
    expiry !== null &&
    html`<p class="left">
      <strong><span id="left">${expiry.left}</span> left</strong> to accept, until ${timeOf(expiry.at)}. Then
      AWS drops the request.
    </p>`;
  return html`<section class="card status ${story.stage}" aria-labelledby="status">
    <h2 id="status">${story.headline}</h2>
    <p>${story.detail}</p>
    ${stepsOf(story.stage)} ${story.stage === 'asked' && left}
    ${story.stage === 'asked' && consoleUrl !== null && html`<p class="no-print"><a class="button" href="#accept">How to accept</a></p>`}
  </section>`;
}

function stepsOf(stage: Stage): Html | null {
  const at = STEPS.findIndex((step) => step.stage === stage);
  if (at < 0) return null;
  const last = STEPS.length - 1;
  return html`<ol class="steps">
    ${STEPS.map(({ title }, index) => {
      if (index < at || (index === at && at === last))
        return html`<li class="done">${title}<span class="unseen">, done</span></li>`;
      return index === at ? html`<li class="now" aria-current="step">${title}</li>` : html`<li>${title}</li>`;
    })}
  </ol>`;
}

function sidesSection(
  { requester, accepter, peeringConnectionId, providerCidr }: Kit,
  isAsked: boolean,
): Html {
  return html`<section class="card" aria-labelledby="genuine">
    <h2 id="genuine">${isAsked ? 'Is this request genuine?' : 'Both sides'}</h2>
    ${
      isAsked &&
      html`<p>
        Compare the <strong>account number</strong> with the one that the provider gave you in another way,
        such as the contract or a call. The AWS console has to show exactly the same. If anything differs, do
        not accept.
      </p>`
    }
    <div class="sides">
      <div>
        <h3>Who asks</h3>
        ${facts([
          [
            'AWS account',
            copyable('requester-account', requester.accountId, 'the account number of who asks'),
          ],
          ['VPC', html`<code>${requester.vpcId}</code>`],
          ['Region', requester.region],
          ['Address range', html`<code>${providerCidr}</code>`],
        ])}
      </div>
      <div>
        <h3>Your side</h3>
        ${facts([
          ['AWS account', html`<code>${accepter.accountId}</code>`],
          ['VPC', html`<code>${accepter.vpcId}</code>`],
          ['Region', accepter.region],
          ['Peering connection', copyable('peering-id', peeringConnectionId, 'the peering connection id')],
        ])}
      </div>
    </div>
  </section>`;
}

function acceptSection(view: CustomerView, kit: Kit): Html {
  const { accepter, peeringConnectionId } = kit;
  return html`<section class="card" aria-labelledby="accept">
    <h2 id="accept">Accept it in your AWS account</h2>
    <ol class="todo">
      <li>
        Sign in to account <code>${accepter.accountId}</code>, then open the request. It is shown in
        <strong>${accepter.region}</strong> only.
        <p>
          <a
            class="button"
            id="console"
            href="${view.consoleUrl ?? ''}"
            target="_blank"
            rel="noopener noreferrer"
            >Open the request in the AWS console<span class="unseen"> (in a new window)</span></a
          >
        </p>
      </li>
      <li>
        Check that it is <code>${peeringConnectionId}</code> and comes from the account above, then choose
        <em>Actions → Accept request</em>.
      </li>
      ${routeStep(kit)} ${kit.dnsResolution && dnsStep(kit, 'missing')}
    </ol>
    <p>The request is noticed by itself within minutes of your acceptance. To have it looked at now:</p>
    ${toldForm(view)}
  </section>`;
}

function routeStep({ accepter, providerCidr, peeringConnectionId }: Kit): Html {
  return html`<li>
    <strong>Add one route</strong> to each route table of the subnets in ${listOf(accepter.subnetCidrs)}.
    Leave all other routes as they are.
    ${facts([
      ['Destination', copyable('route-destination', providerCidr, 'the destination of the route')],
      ['Target', html`Peering connection <code>${peeringConnectionId}</code>`],
    ])}
  </li>`;
}

function dnsStep({ accepter, peeringConnectionId }: Kit, dns: CustomerDns): Html {
  const enable = html`<em>Peering connections →</em> <code>${peeringConnectionId}</code>
    <em>→ Actions → Edit DNS settings → Accepter DNS resolution</em>`;
  const needed = html`Your VPC <code>${accepter.vpcId}</code> needs <em>DNS resolution</em> and
    <em>DNS hostnames</em> for it`;
  switch (dns) {
    case 'enabled':
      return html`<li class="checked"><strong>DNS resolution</strong> is enabled, as AWS shows.</li>`;
    case 'missing':
      return html`<li>
        <strong>Enable DNS resolution</strong>, once the peering is active: ${enable}. ${needed}.
      </li>`;
    case 'hostnames-off':
      return html`<li>
        <strong>Enable DNS hostnames</strong> in your VPC <code>${accepter.vpcId}</code>:
        <em>Your VPCs → Actions → Edit VPC settings</em>, both DNS options. AWS takes neither side’s DNS
        setting of the peering before. Then <strong>enable DNS resolution</strong>: ${enable}.
      </li>`;
    case 'unknown':
      return html`<li>
        <strong>DNS resolution</strong>: AWS does not show us whether it is enabled on your side. If private
        names do not resolve, look at ${enable}. ${needed}.
      </li>`;
  }
}

/** After the acceptance: what AWS shows us of the other side is little, and the page says so. */
function yourSideSection({ dns }: CustomerView, kit: Kit): Html {
  return html`<section class="card" aria-labelledby="your-side">
    <h2 id="your-side">Still to do on your side</h2>
    <p>We cannot see your route tables, security groups and network ACLs, so please check:</p>
    <ol class="todo">
      <li class="checked"><strong>The request is accepted</strong>, as AWS shows.</li>
      ${routeStep(kit)} ${dns !== null && dnsStep(kit, dns)}
      <li>
        <strong>Let the connectors in</strong>: security groups and network ACLs of what they are to reach
        have to allow <code>${kit.providerCidr}</code>. <a href="#narrow">The rules that suffice</a>
      </li>
    </ol>
  </section>`;
}

function adviceSection({ isSameRegion, transitGateway }: CustomerView): Html {
  return html`<section class="card" aria-labelledby="advice">
    <h2 id="advice">Good to know</h2>
    <ul>
      ${transitGateway !== null && html`<li><strong>Transit Gateway:</strong> you told the provider that a Transit Gateway governs this network. Its Transit Gateway offering fits better${transitGateway.url === null ? '; please ask about it' : html`: <a href="${transitGateway.url}" rel="noopener noreferrer">read about it</a>`} before you accept.</li>`}
      <li>
        ${isSameRegion ? 'Both networks are in the same region, where peering adds no encryption of its own: use TLS.' : 'AWS encrypts the traffic between the two regions. TLS on top of it does no harm.'}
      </li>
      <li>
        A peering is never passed on: the provider reaches nothing beyond this VPC, and nobody else reaches
        you through the provider.
      </li>
      <li>
        You can end it at any time by deleting the peering connection in your account. The provider then
        removes its side by itself.
      </li>
    </ul>
  </section>`;
}

function declineSection(view: CustomerView): Html {
  return html`<section class="card no-print" aria-labelledby="decline">
    <h2 id="decline">Not what you want?</h2>
    ${declineForm(view)}
  </section>`;
}

function listOf(ranges: readonly string[]): Html {
  return html`${ranges.map((range, index) => html`${index > 0 && ', '}<code>${range}</code>`)}`;
}
