import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { network } from './network.ts'

describe('a network', () => {
  for (const [address, of] of [
    ['192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002::9', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::ffff:192.0.2.1', '0:0:0:0::/64'],
    ['unknown', 'unknown'],
  ] as const)
    test(`${address} is in ${of}`, () => assert.equal(network(address), of))
})
