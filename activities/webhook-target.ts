import { lookup as lookUp } from 'node:dns';
import { BlockList, isIPv6, type LookupFunction } from 'node:net';

/** IPv4 within IPv6 as RFC 4291 had it once. The agent's library knows every other way, and takes this one for public. */
const IPV4_COMPATIBLE = new BlockList();
IPV4_COMPATIBLE.addSubnet('::', 96, 'ipv6');

/** In the words of the agent for what it does not connect to. */
function refusalOf(address: string): Error | null {
  return isIPv6(address) && IPV4_COMPATIBLE.check(address, 'ipv6')
    ? new Error(`DNS lookup ${address} is not allowed. Because, It stands for an IPv4 address.`)
    : null;
}

/** @param hostname of a URL, where IPv6 stands in brackets */
export function refusalOfHost(hostname: string): Error | null {
  return refusalOf(hostname.replace(/^\[|\]$/g, ''));
}

/** As Node's, for an agent that then connects to just these addresses. */
export const lookUpPublic: LookupFunction = (hostname, options, callback) => {
  lookUp(hostname, { ...options, all: true }, (error, found) => {
    const failure =
      error ?? found.map(({ address }) => refusalOf(address)).find((refusal) => refusal !== null) ?? null;
    if (failure !== null) {
      callback(failure, []);
      return;
    }
    const [first] = found;
    if (options.all === true || first === undefined) callback(null, found);
    else callback(null, first.address, first.family);
  });
};
