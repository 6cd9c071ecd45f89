import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { standIn } from '#testing/clients/jelastic.ts'
import { apiClient } from '#testing/clients/v1.ts'
import { accountOf, BASE_URL, latchkey, PASSWORD, signedUp, tokenFields } from '#testing/index.ts'

const product = await latchkey()
afterEach(() => assert.deepEqual(product.faults, []))
after(product.close)

const v1 = apiClient(product)
const jelastic = standIn(product.app, { host: new URL(BASE_URL).host })

const { email, browser } = await signedUp(product)
const session = await v1.signedIn(email)
const stored = async () => {
  const { id } = await accountOf(product, email)
  return (await product.deps.accessTokens.tokensOf(id)).map(({ description }) => description)
}

/** Generates a token at each door; what each says to its description, or undefined where it took it. */
const doors: Record<string, (description: string) => Promise<string | undefined>> = {
  'the page': async (description) => {
    const fields = tokenFields(product, { description, 'scope-account-read': 'yes' })
    const page = await browser.post('/settings/tokens/generate', fields)
    const made = await browser.post('/settings/tokens/generate/confirm', { ...fields, password: PASSWORD })
    assert.deepEqual([page.status, made.status], page.status === 422 ? [422, 422] : [200, 303])
    return page.status === 422 ? page.text : undefined
  },
  '/api/v1': async (description) => {
    const body = { password: PASSWORD, description, scopes: ['account:read'] }
    const answer = await v1.call('POST', '/tokens', session, body)
    return answer.status === 422 ? String((answer.body.fields as Record<string, string>).description) : undefined
  },
  '/1.0': async (description) => {
    const parameters = { session, password: PASSWORD, description }
    const answer = await jelastic.call('users/authentication/rest/createtoken', parameters)
    return answer.result === 3 ? answer.error : undefined
  },
}

for (const [door, say] of Object.entries(doors))
  describe(`a description of an access token, at ${door}`, () => {
    for (const [what, mark] of [
      ['a line feed', '\n'],
      ['a carriage return', '\r'],
      ['an escape', '\u001b[31m'],
      ['a control character of the upper half', '\u009b2J'],
      ['a line separator', '\u2028'],
      ['a right-to-left override', '\u202e'],
      ['an isolate without end', '\u2067'],
      ['an Arabic letter mark', '\u061c'],
    ] as const)
      test(`with ${what} is refused in words, and nothing is stored (D23)`, async () => {
        const before = await stored()
        assert.match((await say(`de${mark}ploy`)) ?? 'taken', /can['’]t be shown on one line/)
        assert.deepEqual(await stored(), before)
      })

    test('of which nothing can be seen is none (D23)', async () => {
      const before = await stored()
      assert.match((await say('\u200b\u00ad')) ?? 'taken', /Say what it's for|It is required/)
      assert.deepEqual(await stored(), before)
    })

    test('in any script, with an emoji of several characters, is taken as it was written, and composed', async () => {
      const words = `Żo\u0301łw 👩\u200d💻 שלום ${door}`
      assert.equal(await say(` ${words}\n`), undefined)
      assert.ok((await stored()).includes(words.normalize('NFC')), words)
    })
  })

test('an access token is not renamed to what it could not have been called (D23)', async () => {
  const made = await v1.call('POST', '/tokens', session, {
    password: PASSWORD,
    description: 'ci',
    scopes: ['account:read'],
  })
  const { id } = made.body.token as { id: string }
  const description = 'ci\u202egnp'
  const before = await stored()
  assert.equal((await v1.call('PATCH', `/tokens/${id}`, session, { password: PASSWORD, description })).status, 422)
  const edited = { session, password: PASSWORD, id, description }
  assert.equal((await jelastic.call('users/authentication/rest/edittoken', edited)).result, 3)
  const fields = { ...tokenFields(product, { description, 'scope-account-read': 'yes' }), password: PASSWORD }
  assert.equal((await browser.post(`/settings/tokens/${id}/edit`, fields)).status, 422)
  assert.deepEqual(await stored(), before)
})
