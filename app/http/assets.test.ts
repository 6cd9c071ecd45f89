import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, describe, test } from 'node:test'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { latchkey, SESSION } from '#testing/index.ts'
import { assetsIn } from './assets.ts'

const product = await latchkey()
after(() => product.close())

const PUBLIC = new URL('../../public/', import.meta.url)
const { names } = assetsIn(PUBLIC)

/** The bytes, which the browser stand-in would take for text. */
const fetched = async (path: string, accepted?: string) => {
  const headers = { Host: 'latchkey.test', ...(accepted === undefined ? {} : { 'Accept-Encoding': accepted }) }
  const response = await product.app.request(path, { headers })
  return { response, bytes: Buffer.from(await response.arrayBuffer()) }
}

describe('a file of ours', () => {
  for (const path of [names.stylesheet, names.script, names.passkeyScript, names.icon])
    test(`${path.replace(/-\w+/, '')} is named for its content and kept for good`, async () => {
      const { response, bytes } = await fetched(path)
      assert.equal(response.status, 200)
      assert.equal(response.headers.get('Cache-Control'), 'public, max-age=31536000, immutable')
      assert.equal(response.headers.get('Vary'), 'Accept-Encoding')
      assert.equal(response.headers.get('X-Content-Type-Options'), 'nosniff')
      assert.ok(bytes.length > 100)
    })

  test('is the same file in each encoding', async () => {
    for (const path of [names.stylesheet, names.script, names.passkeyScript, names.icon, '/favicon.ico']) {
      const plain = await fetched(path)
      const br = await fetched(path, 'gzip, deflate, br')
      const gzip = await fetched(path, 'gzip')
      const neither = await fetched(path, 'deflate, zstd')
      assert.equal(plain.response.headers.get('Content-Encoding'), null)
      assert.equal(br.response.headers.get('Content-Encoding'), 'br')
      assert.equal(gzip.response.headers.get('Content-Encoding'), 'gzip')
      assert.deepEqual(brotliDecompressSync(br.bytes), plain.bytes)
      assert.deepEqual(gunzipSync(gzip.bytes), plain.bytes)
      assert.deepEqual(neither.bytes, plain.bytes)
    }
  })

  test('has its type: style, script and pictures', async () => {
    const types = {
      [names.stylesheet]: /^text\/css/,
      [names.script]: /^text\/javascript/,
      '/favicon.ico': /^image\/x-icon/,
    }
    for (const [path, type] of Object.entries({ ...types, [names.icon]: /^image\/svg\+xml/ }))
      assert.match((await fetched(path)).response.headers.get('Content-Type') ?? '', type)
  })

  test('needs no session, and asks the database nothing', async () => {
    const browser = product.browser()
    browser.cookies.set(SESSION, `abcx${'a'.repeat(32)}`)
    const { find } = product.deps.sessions
    product.deps.sessions.find = () => Promise.reject(new Error('asked'))
    assert.equal((await browser.get(names.stylesheet)).status, 200)
    product.deps.sessions.find = find
  })

  test('of another name is not there: no file outside public/ can be reached (A60)', async () => {
    const paths = [
      names.stylesheet.replace(/-\w+/, ''),
      names.stylesheet.replace(/-\w{12}/, '-000000000000'),
      '/assets/',
      '/assets/..%2f..%2fpackage.json',
      '/assets/%2e%2e%2fapp%2fserver.ts',
      '/assets/....//package.json',
      '/assets/latchkey.css%00',
      '/package.json',
      '/.env',
      '/data/latchkey.db',
    ]
    for (const path of paths) assert.equal((await fetched(path)).response.status, 404, path)
  })
})

describe('the style sheet', () => {
  const css = readFileSync(new URL('latchkey.css', PUBLIC), 'utf8')

  test('names every color plainly: Firefox ESR 115 and Safari before 17.5 drop what they do not know', () => {
    const newer = css.match(/\b(light-dark|color-mix|contrast-color|oklch|oklab|lch|lab|color)\(/g)
    assert.equal(newer, null)
  })

  test('is under 12,000 bytes', () => assert.ok(css.length < 12_000, `${css.length} bytes`))
})

describe('the script of passkeys', () => {
  const script = readFileSync(new URL('passkey.js', PUBLIC), 'utf8')

  test('is at most 2,000 bytes', () => assert.ok(script.length <= 2_000, `${script.length} bytes`))
  test('asks no server for anything', () => assert.doesNotMatch(script, /\bfetch\b|XMLHttpRequest|sendBeacon|import/))
})
