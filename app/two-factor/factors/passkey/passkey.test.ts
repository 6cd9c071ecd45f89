import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, afterEach, describe, test } from 'node:test'
import { latchkey, loggedEvents, SESSION } from '#testing/index.ts'
import { assertInvariants, stateOf } from '#testing/invariants.ts'
import { addPasskey, answerPasskey, askedForPasskey, withPasskey } from '#testing/passkeys.ts'
import { type Algorithm, softwareAuthenticator } from '#testing/software-authenticator.ts'

const product = await latchkey()
const { database, clock } = product
after(() => product.close())
afterEach(async () => {
  assert.deepEqual(product.faults.splice(0), [])
  await assertInvariants(database)
})

test('the library of passkeys is loaded for the first of them, and not at the start', () => {
  const statically = /^(import|export) (?!type\b)[^;]*?from '@simplewebauthn/m
  const sources = ['app', 'views', 'db'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
  )
  const files = sources.filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file))
  assert.deepEqual(
    files.filter((file) => statically.test(readFileSync(file, 'utf8'))),
    [],
  )
  const later = files.filter((file) => readFileSync(file, 'utf8').includes("import('@simplewebauthn"))
  assert.equal(later.length, 1, 'one file loads it')
})

describe('a passkey', () => {
  test('is named after who made it, unless its owner names it', async () => {
    const yubiKey = () => softwareAuthenticator({ aaguid: '2fc0579f-8113-47ea-b116-bb5a8db9202a' })
    const { browser, email } = await withPasskey(product, yubiKey())
    await addPasskey(browser, 'Passkey 2', softwareAuthenticator({ aaguid: 'bada5566-a7aa-401f-bd96-45619a55120d' }))
    await addPasskey(browser, 'In the safe', yubiKey())
    await addPasskey(browser, 'Passkey 4', softwareAuthenticator({ aaguid: 'ffffffff-ffff-ffff-ffff-ffffffffffff' }))
    const names = (await stateOf(database, email)).factors.map(({ name }) => name)
    assert.deepEqual(names.sort(), ['1Password', 'In the safe', 'Passkey 4', 'YubiKey 5'])
  })

  for (const algorithm of ['ES256', 'EdDSA', 'RS256'] satisfies Algorithm[])
    test(`of ${algorithm} is enrolled by the pages, and signs in after the password`, async () => {
      const device = softwareAuthenticator({ algorithm, isBackupEligible: true, isBackedUp: true })
      const { email } = await withPasskey(product, device)
      const [factor] = (await stateOf(database, email)).factors
      const { kind, name, credentialId, isBackedUp, resistsPhishing, lastUsedAt } = factor ?? {}
      const expected = { kind: 'passkey', name: 'Passkey', credentialId: device.id, isBackedUp: 1, resistsPhishing: 1 }
      assert.deepEqual({ kind, name, credentialId, isBackedUp, resistsPhishing }, expected)
      assert.equal(lastUsedAt, null)
      const { browser, options } = await askedForPasskey(product, email)
      const answer = await answerPasskey(browser, device.sign(options))
      assert.equal(answer.location, '/', answer.text)
      assert.ok(browser.cookies.has(SESSION), 'it is signed in')
      assert.ok((await loggedEvents(product, email)).includes('signed_in passkey'), 'the log has it')
      assert.deepEqual((await stateOf(database, email)).factors[0]?.lastUsedAt, clock.now())
    })
})
