import { KIT_FORMATS, type KitFormat } from '../../../client/kits/formats.js';
import type { Kit } from '../../../client/kits/kit.js';
import { aclTrafficText, FIRST_RULE_NUMBER, ingressText } from '../../../client/kits/rules.js';
import { html, type Html } from '../html.js';
import { table } from '../words.js';
import type { CustomerView } from './view.js';

/** What will be opened, and what will not. */
export function accessSection({ openings }: CustomerView, kit: Kit): Html {
  const rows = kit.accepter.subnetCidrs.map((range) => [html`<code>${range}</code>`, openings.join(', ')]);
  return html`<section class="card" aria-labelledby="access">
    <h2 id="access">What is opened, and what is not</h2>
    <p>The provider’s connectors, all in <code>${kit.providerCidr}</code>, can open connections to:</p>
    ${table('What the connectors can reach', [['Your range', 'Protocol and ports'], ...rows])}
    <p>
      <strong>Not opened:</strong> any other range or port of yours; connections from your side to the
      provider; the internet; other customers. The provider’s own routes, network ACL and security group hold
      this on its side, and your rules go on holding on yours.
    </p>
  </section>`;
}

/** The same limits once more, held by the customer's own rules. */
export function narrowingSection(kit: Kit): Html {
  const acl = kit.networkAclRules.map((rule) => [
    rule.egress ? 'outbound' : 'inbound',
    (FIRST_RULE_NUMBER + rule.offset).toString(),
    aclTrafficText(rule),
    html`<code>${kit.providerCidr}</code>`,
    rule.action,
  ]);
  const group = kit.ingress.map((rule) => [ingressText(rule), html`<code>${kit.providerCidr}</code>`]);
  return html`<section class="card" aria-labelledby="narrow">
    <h2 id="narrow">Narrow the access yourself</h2>
    <p>
      You need not rely on the provider’s rules. Give what the connectors are to reach a security group with
      these inbound rules; no other is needed, since replies are let out by themselves.
    </p>
    ${table('Inbound rules of a security group', [['Traffic', 'Source'], ...group])}
    <details id="network-acl">
      <summary>The same with a network ACL</summary>
      <p>
        Network ACLs know no replies, so both directions have rules. They concern the provider’s range alone;
        the numbers have to be free and before any rule that allows more.
      </p>
      ${table('Rules of a network ACL', [['Direction', 'Rule', 'Traffic', 'Source or destination', 'Allow or deny'], ...acl])}
    </details>
  </section>`;
}

const KITS: Record<KitFormat, { title: string; what: string }> = {
  console: { title: 'Console steps', what: 'to print or pass on' },
  cli: { title: 'AWS CLI script', what: 'accepts and adds routes; looks first with --dry-run' },
  terraform: { title: 'Terraform', what: 'accepter, routes, security group, network ACL' },
  cloudformation: { title: 'CloudFormation', what: 'routes and security group' },
};

export function kitsSection({ link }: CustomerView): Html {
  return html`<section class="card no-print" aria-labelledby="kits">
    <h2 id="kits">The same, ready-made</h2>
    <p>Each is made for exactly this connection.</p>
    <ul class="kits">
      ${KIT_FORMATS.map(
        (format) =>
          html`<li>
            <a href="${link.url}/kit/${format}" download>${KITS[format].title}</a>
            <span class="quiet">${KITS[format].what}</span>
          </li>`,
      )}
    </ul>
  </section>`;
}
