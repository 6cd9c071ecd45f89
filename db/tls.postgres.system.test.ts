import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { after, describe, test } from 'node:test'
import { CERTIFICATE, CERTIFICATE_KEY, certificateFiles } from '#testing/index.ts'
import { startPostgres } from '../tools/postgres.ts'
import { openDatabase } from './client.ts'
import { addressOf } from './postgres.ts'

const ELSEWHERE = '0.0.0.0' // reaches this machine, but isn't a loopback address
const files = certificateFiles()
const encrypted = await startPostgres({ fleeting: true, tls: { certificate: CERTIFICATE, key: CERTIFICATE_KEY } })
after(async () => {
  await encrypted.stop()
  files.remove()
})
const at = (host: string, options = '') => `${encrypted.url.replace('127.0.0.1', host)}${options}`

/** Opens it the way the server does at its start. Returns how it is connected, or the sentence for the operator. */
async function opened(url: string, plain = false): Promise<string> {
  const database = openDatabase(url, { pool: 1, timeout: 5000, plain })
  try {
    await database.migrate()
    const db = database.db as unknown as { execute(query: string): Promise<{ rows: { ssl: boolean }[] }> }
    const { rows } = await db.execute('select ssl from pg_stat_ssl where pid = pg_backend_pid()')
    return rows[0]?.ssl ? 'encrypted' : 'plain'
  } catch (error) {
    return (error as Error).message
  } finally {
    await database.close()
  }
}

describe('PostgreSQL', () => {
  test('on this machine may be plain, and is encrypted where its URL says so', async () => {
    assert.equal(await opened(at('127.0.0.1')), 'plain')
    assert.equal(await opened(at('127.0.0.1', `?sslmode=verify-full&sslrootcert=${files.authority}`)), 'encrypted')
  })

  test('elsewhere has a certificate that nobody trusts: it is called that, and told nothing', async () => {
    for (const options of ['', '?sslmode=verify-full'])
      assert.match(
        await opened(at(ELSEWHERE, options)),
        /^The certificate of PostgreSQL at 0\.0\.0\.0:\d+ is not trusted \(\w+\): name who signed it with sslrootcert=FILE in DATABASE_URL\.$/,
      )
  })

  test('elsewhere has a certificate of another name: it is not trusted either', async () => {
    const trusting = `?sslmode=verify-full&sslrootcert=${files.authority}`
    assert.match(await opened(at(ELSEWHERE, trusting)), /is not trusted \(ERR_TLS_CERT_ALTNAME_INVALID\)/)
  })

  test('elsewhere offers no encryption: nothing is sent, unless DATABASE_PLAIN=yes', async (t) => {
    const received: string[] = []
    const refusing = createServer((socket) => {
      socket.on('error', () => {})
      socket.on('data', (bytes) => {
        received.push(bytes.toString('latin1'))
        if (bytes.readInt32BE(4) === 80877103) socket.end('N') // what a server without TLS answers to the request for it
      })
    })
    await new Promise<void>((resolve) => refusing.listen(0, '127.0.0.1', resolve))
    t.after(() => refusing.close())
    const { port } = refusing.address() as { port: number }
    const said = await opened(`postgres://latchkey:secret@${ELSEWHERE}:${port}/latchkey`)
    assert.match(said, /^PostgreSQL at 0\.0\.0\.0:\d+ offers no encryption: .*DATABASE_PLAIN=yes/)
    assert.ok(!received.join('').includes('latchkey'), 'neither name nor password was sent')
    assert.equal(await opened(at(ELSEWHERE), true), 'plain')
  })

  test('that refuses the name, the password or the database says which, and is not said to be away', async () => {
    const wrong = at('127.0.0.1').replace(':latchkey@', ':wrong-one@')
    assert.match(
      await opened(wrong),
      /^PostgreSQL at 127\.0\.0\.1:\d+ refuses what DATABASE_URL says: password authentication/,
    )
    const missing = at('127.0.0.1').replace('/postgres', '/missing')
    assert.match(
      await opened(missing),
      /refuses what DATABASE_URL says: database "missing" does not exist \(3D000\)\.$/,
    )
  })
})

describe('an address of PostgreSQL', () => {
  for (const host of ['localhost', '127.0.0.1', '[::1]', '%2Fvar%2Frun%2Fpostgresql', 'db.localhost'])
    test(`at ${host} is of this machine, and may be plain`, () => {
      for (const options of ['', '?sslmode=disable', '?sslmode=no-verify'])
        assert.equal(addressOf(`postgres://a:b@${host}/c${options}`).ssl, undefined)
    })

  test('that names its socket in the query is of this machine', () => {
    assert.equal(addressOf('postgres:///latchkey?host=/var/run/postgresql').ssl, undefined)
  })

  test('of another machine is encrypted, and the query can name no other host past that', () => {
    for (const url of [
      'postgres://a:b@db.example/c',
      'postgres://a:b@10.0.0.7/c',
      'postgres://a:b@localhost.example/c',
      'postgres://a:b@localhost/c?host=db.example',
      'postgres://a:b@127.0.0.1/c?host=0.0.0.0',
    ])
      assert.equal(addressOf(url).ssl, true, url)
  })

  for (const options of [
    'sslmode=disable',
    'sslmode=no-verify',
    'ssl=0',
    'ssl=no-verify',
    'uselibpqcompat=true&sslmode=require',
    'uselibpqcompat=true&sslmode=prefer',
    `uselibpqcompat=true&sslmode=verify-ca&sslrootcert=${files.authority}`,
  ])
    test(`of another machine with ${options.replace(/=\/.*/, '=FILE')} is refused in a sentence, unless DATABASE_PLAIN=yes`, () => {
      const url = `postgres://a:secret@db.example/c?${options}`
      assert.throws(
        () => addressOf(url),
        /^Error: DATABASE_URL must reach db\.example encrypted [^.]*sslmode=verify-full.*DATABASE_PLAIN=yes/,
      )
      assert.equal(addressOf(url, true).connectionString, url)
    })
})
