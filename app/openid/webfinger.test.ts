import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { signedUp } from '#testing/index.ts'
import { openidSite } from '#testing/openid.ts'
import { plainClient } from '#testing/openid-people.ts'
import { saidBy } from '#testing/openid-requests.ts'

const site = await openidSite()
after(site.close)

const ISSUER = 'http://openid.net/specs/connect/1.0/issuer'
const asked = async (query: string) => saidBy(await site.fetch(`https://latchkey.test/.well-known/webfinger${query}`))
const resource = (name: string, more = '') => asked(`?resource=${encodeURIComponent(name)}${more}`)

test('webfinger leads from any name of this site to the issuer, and is there only with a client', async () => {
  assert.equal((await resource('acct:ada@latchkey.test')).status, 404, 'no client')
  await plainClient(site)
  const { email } = await signedUp(site)
  const links = [{ rel: ISSUER, href: 'https://latchkey.test' }]
  for (const name of [
    'acct:nobody@latchkey.test',
    `acct:${email.split('@')[0]}@latchkey.test`,
    'https://latchkey.test/ada',
  ]) {
    const { status, json, headers } = await resource(name)
    assert.deepEqual([status, json], [200, { subject: name, links }], 'whether or not there is such an account')
    assert.match(headers.get('Content-Type') ?? '', /^application\/jrd\+json/)
    assert.equal(headers.get('Access-Control-Allow-Origin'), '*')
  }
  assert.deepEqual((await resource('acct:a@latchkey.test', `&rel=${encodeURIComponent(ISSUER)}`)).json.links, links)
  assert.deepEqual((await resource('acct:a@latchkey.test', '&rel=avatar')).json.links, [])
})

test('webfinger knows nothing of other sites, and says no to what is no resource', async () => {
  for (const name of [
    'acct:ada@example.com',
    'https://example.com/',
    'http://latchkey.test/',
    'mailto:ada@latchkey.test',
    'acct:',
    'x',
  ])
    assert.equal((await resource(name)).status, 404, name)
  for (const query of ['', '?resource=', `?resource=${'a'.repeat(2000)}`])
    assert.equal((await asked(query)).status, 400, query)
})
