import ipaddr from 'ipaddr.js'
import type { parseNetworks } from './addresses.ts'

type Networks = ReturnType<typeof parseNetworks>

/**
 * The address a request came from. A forwarding header counts only as far as trusted proxies wrote it:
 * read from the right, the first address that is none of them; what stands left of it may be made up.
 */
export function clientIp(peer: string, forwardedFor: string | null, trusted: Networks): string {
  let client = plain(peer)
  for (const hop of forwardedFor?.split(',').reverse() ?? []) {
    const address = hop.trim()
    if (!isTrusted(client, trusted) || !ipaddr.isValid(address)) break
    client = plain(address)
  }
  return client
}

/** An IPv4 address in IPv6 clothes is the same address. */
const plain = (address: string) => (ipaddr.isValid(address) ? ipaddr.process(address).toString() : address)

function isTrusted(text: string, trusted: Networks): boolean {
  if (!ipaddr.isValid(text)) return false
  const address = ipaddr.parse(text)
  return trusted.some(([base, bits]) => base.kind() === address.kind() && address.match(base, bits))
}
