import ipaddr from 'ipaddr.js'

type Address = ipaddr.IPv4 | ipaddr.IPv6
type Network = [Address, number]

/** Who may connect to an address: `public` everyone, `allowed` because the operator listed its network. */
export type Standing = 'public' | 'allowed'

/** Link-local networks and the addresses at which cloud providers hand out a machine's credentials. */
const NEVER = parseNetworks([
  '169.254.0.0/16',
  'fe80::/10',
  '100.100.100.200/32',
  '168.63.129.16/32',
  '192.0.0.192/32',
  'fd00:ec2::/32',
  'fd20:ce::254/128',
  'fd00:42::42/128',
])

const GLOBAL_IPV6 = parseNetwork('2000::/3')
const MAPPED = parseNetwork('::ffff:0:0/96')

/** IPv6 forms that carry an IPv4 address, and at which bytes. A gateway would connect to the inner one. */
const CARRIERS: { network: Network; bytes: number[]; inverted?: boolean }[] = [
  { network: MAPPED, bytes: [12, 13, 14, 15] },
  { network: parseNetwork('::ffff:0:0:0/96'), bytes: [12, 13, 14, 15] },
  { network: parseNetwork('::/96'), bytes: [12, 13, 14, 15] },
  { network: parseNetwork('64:ff9b::/96'), bytes: [12, 13, 14, 15] },
  { network: parseNetwork('64:ff9b:1::/48'), bytes: [12, 13, 14, 15] },
  { network: parseNetwork('64:ff9b:1::/48'), bytes: [6, 7, 9, 10] },
  { network: parseNetwork('2002::/16'), bytes: [2, 3, 4, 5] },
  { network: parseNetwork('2001::/32'), bytes: [4, 5, 6, 7] },
  { network: parseNetwork('2001::/32'), bytes: [12, 13, 14, 15], inverted: true },
]

/** Tells an address's standing, or undefined when nothing may connect to it. */
export function createGate(allowNetworks: string[]) {
  const networks = parseNetworks(allowNetworks)
  const isAllowed = (address: Address) => isIn(address, networks)
  const isReachable = (address: Address) => isPublic(address) || isAllowed(address)

  return (text: string): Standing | undefined => {
    const address = parseAddress(text)
    if (!address) return undefined
    const carried = carriedAddresses(address)
    if ([address, ...carried].some((each) => isIn(each, NEVER))) return undefined
    if (carried.length === 0) return isAllowed(address) ? 'allowed' : isPublic(address) ? 'public' : undefined
    // The system connects to a mapped address as IPv4, so the rule for the IPv4 network is enough there.
    const listed = isAllowed(address) || (isIn(address, [MAPPED]) && carried.every(isAllowed))
    return listed && carried.every(isReachable) ? 'allowed' : undefined
  }
}

/** Reads `10.0.0.0/8`, `fd00::/8` or a single address; refuses anything else with one sentence. */
export function parseNetworks(texts: string[]): Network[] {
  return texts.map(parseNetwork)
}

/** The address in its shortest standard spelling, or undefined. */
export function normalAddress(text: string) {
  return parseAddress(text)?.toString()
}

/** An address as it stands in a URL's host, without the brackets; undefined for a name. */
export function literalAddress(hostname: string) {
  if (hostname.startsWith('[')) return hostname.slice(1, -1)
  return ipaddr.IPv4.isValidFourPartDecimal(hostname) ? hostname : undefined
}

/** The address that the system would connect to: a mapped one stands for its IPv4 address. */
export function connectedAddress(text: string) {
  return ipaddr.process(text).toString()
}

export function isLoopback(text: string) {
  const range = parseAddress(text)?.range()
  return range === 'loopback' || range === 'unspecified'
}

/** Strict, unlike the parser: in an operator's list, `10` is a slip of the pen and no address. */
export const isNetwork = (text: string) =>
  ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text) || ipaddr.isValidCIDR(text)

function parseAddress(text: string): Address | undefined {
  return ipaddr.isValid(text) ? ipaddr.parse(text) : undefined
}

function parseNetwork(text: string): Network {
  const single = parseAddress(text)
  if (single) return [single, single.kind() === 'ipv4' ? 32 : 128]
  if (!ipaddr.isValidCIDR(text)) {
    throw new Error(`"${text}" is not a network: write it as an address and a prefix length, like 10.0.0.0/8`)
  }
  return ipaddr.parseCIDR(text)
}

function isPublic(address: Address) {
  return address.range() === 'unicast' && (address.kind() === 'ipv4' || isIn(address, [GLOBAL_IPV6]))
}

function isIn(address: Address, networks: Network[]) {
  return networks.some(([base, bits]) => base.kind() === address.kind() && address.match(base, bits))
}

function carriedAddresses(address: Address): Address[] {
  if (address.kind() === 'ipv4') return []
  const all = address.toByteArray()
  return CARRIERS.filter(({ network }) => isIn(address, [network])).map(({ bytes, inverted }) =>
    ipaddr.fromByteArray(bytes.map((at) => (inverted ? 255 - (all[at] ?? 0) : (all[at] ?? 0)))),
  )
}
