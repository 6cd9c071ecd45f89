import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, test } from 'node:test'
import { openidSite } from '#testing/openid.ts'
import { plainClient } from '#testing/openid-people.ts'
import { saidBy } from '#testing/openid-requests.ts'
import { createVault } from '../lib/vault.ts'
import { COMMAND_LINE } from '../operators/command-line.ts'
import { tryKeys } from '../process/open.ts'
import { rotateKeys, signingKeys } from './keys.ts'

const key = (id: string) => ({ id, key: randomBytes(32) })
const [first, second] = [key('k1'), key('k2')]
const site = await openidSite({}, { vault: createVault([first]) })
after(site.close)
await plainClient(site)

const BY = { operatorId: null, reason: null, origin: COMMAND_LINE }
const JWKS = 'https://latchkey.test/oauth/jwks'
const ALGS = ['RS256', 'ES256', 'EdDSA'] as const
const other = () => openidSite({}, { database: site.database, vault: createVault([second]) })

test('keys that open no key for ID tokens stop the start, and no key file is made in the place of theirs', async () => {
  assert.equal(await site.deps.housekeeping.hasSealedData(), false)
  await signingKeys(site.deps, ALGS)
  assert.equal(await site.deps.housekeeping.hasSealedData(), true)
  await tryKeys(createVault([second, first]), site.database)
  await assert.rejects(tryKeys(createVault([second]), site.database), /sealed with the key k1\. Put the key file/)
})

test('where the key was taken away too early, apps hear of a fault of ours, and the log says what to do', async () => {
  const without = await other()
  try {
    assert.equal((await without.fetch(JWKS)).status, 500)
    assert.match(String(without.faults.splice(0)[0]), /sealed with the key k1\. Put it back.*keys rotate --stolen/)
    assert.ok((await rotateKeys(without.deps, BY, { isStolen: true })).ok)
    const { json } = await saidBy(await without.fetch(JWKS))
    assert.equal((json.keys as unknown[]).length, ALGS.length)
  } finally {
    without.stop()
  }
})
