import { BlockList, isIP, isIPv6 } from 'node:net'

/** All addresses that begin with the first `prefix` bits of `address`. */
export type Network = { address: string; prefix: number; family: 'ipv4' | 'ipv6' }

/** `192.0.2.0/24`, or one address. Undefined for what is neither. */
export function networkIn(text: string): Network | undefined {
  const [, address = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  const family = isIP(address)
  const longest = family === 6 ? 128 : 32
  const prefix = bits === undefined ? longest : Number(bits)
  return family && prefix <= longest ? { address, prefix, family: family === 6 ? 'ipv6' : 'ipv4' } : undefined
}

/** Tells whether an address is in one of the networks. What is no address is in none. */
export function within(networks: readonly Network[]): (address: string) => boolean {
  const list = new BlockList()
  for (const { address, prefix, family } of networks) list.addSubnet(address, prefix, family)
  return (address) => isIP(address) !== 0 && list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}

/** An IPv6 customer holds a whole /64 and could take a new address for every guess. */
export function network(address: string): string {
  if (!isIPv6(address)) return address
  const [head = '', tail = ''] = inGroups(address.toLowerCase()).split('%')[0]?.split('::') ?? []
  const before = head.split(':').filter(Boolean)
  const after = tail.split(':').filter(Boolean)
  const groups = address.includes('::')
    ? [...before, ...Array(Math.max(0, 8 - before.length - after.length)).fill('0'), ...after]
    : before
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}

/** The last two groups may be written as an IPv4 address (RFC 4291 section 2.2). */
const inGroups = (address: string) =>
  address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)/, (_, ...bytes) => {
    const [one = 0, two = 0, three = 0, four = 0] = bytes.map(Number)
    return `${(one * 256 + two).toString(16)}:${(three * 256 + four).toString(16)}`
  })
