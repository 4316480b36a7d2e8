/**
 * The address that is given to the customer.
 *
 * @param publicUrl where customers reach the gateway, such as `https://peering.example.com`; a path is kept
 * @throws TypeError when it is no http or https address
 */
export function linkUrl(publicUrl: string, token: string): string {
  const base = new URL(publicUrl);
  if (base.protocol !== 'https:' && base.protocol !== 'http:')
    throw new TypeError('the public address must begin with https://');
  return `${base.origin}${base.pathname.replace(/\/+$/, '')}/c/${token}`;
}
