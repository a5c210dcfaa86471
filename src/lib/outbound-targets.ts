import { lookup as systemLookup } from 'node:dns/promises'
import { networkInterfaces } from 'node:os'
import { connectedAddress, createGate, isLoopback, literalAddress, normalAddress } from './addresses.ts'
import { type Clock, SECOND } from './clock.ts'
import { lookupError, outboundError } from './outbound-errors.ts'

/** Every address of a name. Its failure carries the resolver's code. */
export type Lookup = (hostname: string) => Promise<string[]>

/** A URL whose host was checked, with the addresses that may be connected to. */
export interface Target {
  url: URL
  addresses: string[]
}

interface CheckedHost {
  addresses: string[]
  /** All addresses lie in networks that the operator listed. */
  listed: boolean
  expiresAt: number
}

interface Options {
  allowNetworks: string[]
  lookup?: Lookup
  /** The appliance's own listening port, which no request may reach. */
  ownPort?: () => number | undefined
  clock: Clock
}

const CACHE_MS = 5 * SECOND
const CACHE_SIZE = 1000
const LAST_SYSTEM_PORT = 1023
const WEB_PORTS = new Set([80, 443])
const DEFAULT_PORTS: Record<string, number> = { 'http:': 80, 'https:': 443 }
const LOOPBACK = ['127.0.0.1', '::1']

/** Turns URLs into addresses that may be connected to. A name is resolved once and all its addresses count. */
export function createTargets({ allowNetworks, lookup = resolve, ownPort, clock }: Options) {
  const standing = createGate(allowNetworks)
  const checked = new Map<string, CheckedHost>()
  const underWay = new Map<string, Promise<CheckedHost>>()

  return { find }

  /**
   * Throws an `OutboundError` of kind `invalid_url`, `blocked` or `dns`.
   * A host checked a moment ago is answered at once: webhooks ask thousands of times a second.
   */
  function find(text: string | URL): Target | Promise<Target> {
    const url = parse(text)
    const host = recall(url.hostname)
    return host ? targetAt(url, host) : check(url.hostname).then((host) => targetAt(url, host))
  }

  function targetAt(url: URL, host: CheckedHost): Target {
    refusePort(url, host)
    return { url, addresses: host.addresses }
  }

  function recall(hostname: string) {
    const host = checked.get(hostname)
    return host && host.expiresAt > clock() ? host : undefined
  }

  function check(hostname: string): Promise<CheckedHost> {
    const known = underWay.get(hostname)
    if (known) return known
    const check = checkAnew(hostname).finally(() => underWay.delete(hostname))
    underWay.set(hostname, check)
    return check
  }

  async function checkAnew(hostname: string) {
    const addresses = await addressesOf(hostname)
    const standings = addresses.map(standing)
    if (addresses.length === 0 || standings.includes(undefined)) throw outboundError('blocked', hostname)
    const listed = standings.every((each) => each === 'allowed')
    return remember(hostname, { addresses, listed, expiresAt: clock() + CACHE_MS })
  }

  async function addressesOf(hostname: string) {
    const literal = literalAddress(hostname)
    if (literal) return [literal]
    // Both loopback addresses are this machine, so one that is allowed does not suffer from the other.
    if (isLocalName(hostname)) return LOOPBACK.filter(standing)
    const found = await lookup(hostname).catch((error: unknown) => {
      throw lookupError(error, hostname)
    })
    if (found.length === 0) throw outboundError('dns', hostname)
    return found.map((address) => normalAddress(address) ?? address).sort(ipv4First)
  }

  function remember(hostname: string, host: CheckedHost) {
    checked.delete(hostname)
    const oldest = checked.keys().next()
    if (checked.size >= CACHE_SIZE && !oldest.done) checked.delete(oldest.value)
    checked.set(hostname, host)
    return host
  }

  function refusePort(url: URL, host: CheckedHost) {
    const port = portOf(url)
    if (port === ownPort?.() && host.addresses.some(isThisMachine)) throw outboundError('blocked', url.host)
    if (host.listed || port > LAST_SYSTEM_PORT || WEB_PORTS.has(port)) return
    throw outboundError('blocked', url.hostname, { why: `port ${port} is not a web port` })
  }
}

export function portOf(url: URL) {
  return url.port ? Number(url.port) : DEFAULT_PORTS[url.protocol]!
}

/** A name's trailing dot belongs to DNS only: certificates are issued without it. */
export function withoutDot(hostname: string) {
  return hostname.endsWith('.') ? hostname.slice(0, -1) : hostname
}

function parse(text: string | URL) {
  const url = typeof text === 'string' ? URL.parse(text) : text
  if (!url) throw outboundError('invalid_url', '')
  if (!(url.protocol in DEFAULT_PORTS)) {
    throw outboundError('invalid_url', '', { why: 'other schemes are not supported' })
  }
  if (url.username || url.password) {
    throw outboundError('invalid_url', '', { why: 'a user name or password does not belong in a URL' })
  }
  return url
}

function isLocalName(hostname: string) {
  const name = withoutDot(hostname)
  return name === 'localhost' || name.endsWith('.localhost')
}

async function resolve(hostname: string) {
  const found = await systemLookup(hostname, { all: true })
  return found.map(({ address }) => address)
}

function ipv4First(a: string, b: string) {
  return Number(a.includes(':')) - Number(b.includes(':'))
}

function isThisMachine(address: string) {
  const connected = connectedAddress(address)
  if (isLoopback(connected)) return true
  return Object.values(networkInterfaces()).some((list) => list?.some((each) => each.address === connected))
}
