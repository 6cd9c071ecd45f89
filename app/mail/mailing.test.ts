import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { openDatabase } from '#db/client.ts'
import { dialect } from '#db/columns.ts'
import { mails } from '#db/schema.ts'
import {
  accountOf,
  headerOf,
  latchkey,
  type Manners,
  signedUp,
  smtpServer,
  testClock,
  testDatabase,
} from '#testing/index.ts'
import { assertInvariants, assertUnreadable, everything } from '#testing/invariants.ts'
import { queuedMail } from './mail.ts'
import { runMailing } from './mailing.ts'
import { type MailTransport, mailTransport, type Outgoing } from './transport.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const SECRET = 'https://latchkey.test/mail/reset-password?token=kR3tZ0Qm-secret-of-this-mail'
const PATIENCE = { connectionTimeout: 5000, greetingTimeout: 5000, socketTimeout: 5000, atMost: 10_000 }

const shared = { database: await testDatabase(), clock: testClock() }
const product = await latchkey({}, shared)
const { clock, database, vault, deps } = product
afterEach(async () => {
  assert.deepEqual(product.faults.splice(0), [])
  await assertInvariants(database, [SECRET])
  await database.db.delete(mails)
})
after(product.close)

const { email } = await signedUp(product)
const account = await accountOf(product, email)
await database.db.delete(mails) // what goes out with every sign-up

/** Puts mails for these addresses into the queue. */
async function queue(...to: string[]) {
  const rows = to.map((each) =>
    queuedMail(
      vault,
      account.id,
      {
        to: each,
        href: SECRET,
        about: 'address_tried',
        values: { address: '192.0.2.1', browser: 'Firefox', system: 'Linux' },
      },
      clock.now(),
    ),
  )
  await database.db.insert(mails).values(rows)
}
const waiting = async () => (await everything(database)).mails

/** Sends what is due now. Returns what was reported. */
async function run(transport: MailTransport, over: typeof deps = deps): Promise<string[]> {
  const lines: string[] = []
  await runMailing({ ...over, transport }, { report: (line) => lines.push(line) })
  return lines
}

const through = (smtpUrl: string) =>
  mailTransport({ issuer: 'Latchkey', baseUrl: 'https://latchkey.test', mailFolder: 'mail', smtpUrl }, PATIENCE)
const DOWN: MailTransport = {
  deliver: async () => ({ ok: false, permanent: false, reason: 'unreachable', reply: null }),
}

describe('the queue over a real SMTP server', () => {
  async function open(of?: (address: string) => Manners) {
    const server = await smtpServer(of)
    const receivers = () => server.received.flatMap(({ to }) => to).sort()
    return { ...server, transport: through(server.url), receivers }
  }

  test('up: each mail arrives once, and leaves the queue', async (t) => {
    const server = await open()
    t.after(server.close)
    await queue('a@example.com', 'b@example.com', 'c@example.com')
    for (let rounds = 0; rounds < 3; rounds++) assert.deepEqual(await run(server.transport), [])
    assert.deepEqual(server.receivers(), ['a@example.com', 'b@example.com', 'c@example.com'])
    assert.deepEqual(await waiting(), [])
  })

  test('down, then up: nothing is lost, and nothing is sent twice (A73)', async (t) => {
    const gone = await open()
    await gone.close()
    await queue('a@example.com', 'b@example.com')
    assert.deepEqual(await run(gone.transport), [])
    for (const { attempts, lastError, lastReply } of await waiting())
      assert.deepEqual([attempts, lastError, lastReply], [1, 'unreachable', null])
    const server = await open()
    t.after(server.close)
    await run(server.transport)
    assert.deepEqual(server.receivers(), [], 'a minute has not passed')
    clock.advance(MINUTE)
    await run(server.transport)
    assert.deepEqual(server.receivers(), ['a@example.com', 'b@example.com'])
    assert.deepEqual(await waiting(), [])
  })

  test('away for three days: each try tells its cause, so that somebody hears of it before the mails are given up', async () => {
    const gone = await open()
    await gone.close()
    await queue('a@example.com', 'b@example.com')
    const reasons: string[] = []
    const failed = (reason: string) => void reasons.push(reason)
    await runMailing({ ...deps, transport: gone.transport }, { report: assert.fail, failed })
    assert.deepEqual(reasons, Array(2).fill("the mail server can't be reached"))
  })

  test('refusing one address: that mail is given up at once, with a line that names nobody; the others arrive (A73)', async (t) => {
    const server = await open((address) => (address.startsWith('gone') ? { rcpt: 550 } : {}))
    t.after(server.close)
    await queue('a@example.com', 'gone@example.com', 'b@example.com')
    const lines = await run(server.transport)
    assert.equal(lines.length, 1)
    assert.match(
      lines[0] ?? '',
      /^Mail [\w-]{24} was given up after one try: the mail server refuses this address for good \(550\)\.$/,
    )
    assert.deepEqual(server.receivers(), ['a@example.com', 'b@example.com'])
    assert.deepEqual(await waiting(), [])
  })

  test('slow for one receiver: the others do not wait for it (A73)', async (t) => {
    const server = await open()
    t.after(server.close)
    await queue('slow@example.com', ...Array.from({ length: 12 }, (_, n) => `fast${n}@example.com`))
    const slow: MailTransport = {
      async deliver(mail) {
        for (let waited = 0; mail.message.to.startsWith('slow') && server.received.length < 12; waited += 20) {
          assert.ok(waited < 20_000, 'the others wait')
          await pause(20)
        }
        return server.transport.deliver(mail)
      },
    }
    await run(slow)
    assert.equal(server.received.at(-1)?.to[0], 'slow@example.com')
    assert.equal(server.received.length, 13)
  })

  test('two workers at once over one database: sixty mails arrive once each', async (t) => {
    const server = await open()
    t.after(server.close)
    // On PostgreSQL, the other has its own connections, as another process would.
    const other = dialect === 'postgres' ? openDatabase(shared.database.url) : database
    const second = await latchkey({}, { database: other, vault, clock })
    t.after(() => (other === database ? undefined : other.close()))
    const to = Array.from({ length: 60 }, (_, n) => `r${String(n).padStart(2, '0')}@example.com`)
    await queue(...to)
    await Promise.all([run(server.transport), run(server.transport, second.deps), run(server.transport, second.deps)])
    assert.deepEqual(server.receivers(), to)
    assert.deepEqual(await waiting(), [])
  })

  test('a crash after the server took it: a second copy, under the same Message-ID', async (t) => {
    const server = await open()
    t.after(server.close)
    await queue('a@example.com')
    const crash = { ...deps, mailing: { ...deps.mailing, remove: () => Promise.reject(new Error('the power is off')) } }
    await assert.rejects(run(server.transport, crash), /the power is off/)
    clock.advance(2 * MINUTE - 1)
    await run(server.transport)
    assert.equal(server.received.length, 1, 'the claim still holds')
    clock.advance(1)
    await run(server.transport)
    const ids = server.received.map(({ raw }) => headerOf(raw, 'Message-ID'))
    assert.equal(ids.length, 2)
    assert.equal(new Set(ids).size, 1)
    assert.deepEqual(await waiting(), [])
  })
})

describe('the queue', () => {
  function recording() {
    const sent: Outgoing[] = []
    const transport: MailTransport = {
      async deliver(mail) {
        sent.push(mail)
        return { ok: true }
      },
    }
    return { sent, transport }
  }

  test('a crash between claim and sending loses nothing: the claim runs out, and not before', async () => {
    await queue('a@example.com')
    const now = clock.now().getTime()
    assert.ok(await deps.mailing.claim(now, now + 2 * MINUTE))
    const { sent, transport } = recording()
    clock.advance(2 * MINUTE - 1)
    await run(transport)
    assert.equal(sent.length, 0)
    clock.advance(1)
    await run(transport)
    assert.equal(sent.length, 1)
  })

  test('waits one minute, two, four, up to an hour, for three days; then the mail is given up with a line', async () => {
    await queue('a@example.com')
    const began = clock.now().getTime()
    const tries: number[] = []
    const lines: string[] = []
    const counting: MailTransport = {
      deliver: (mail) => {
        tries.push((clock.now().getTime() - began) / MINUTE)
        return DOWN.deliver(mail)
      },
    }
    for (let [mail] = await waiting(); mail; [mail] = await waiting()) {
      const wait = mail.nextAttemptAtMs - clock.now().getTime()
      if (wait > 0) {
        clock.advance(wait - 1)
        const before = tries.length
        await run(counting)
        assert.equal(tries.length, before, 'not a millisecond too early')
        clock.advance(1)
      }
      lines.push(...(await run(counting)))
    }
    assert.deepEqual(tries.slice(0, 9), [0, 1, 3, 7, 15, 31, 63, 123, 183])
    assert.ok((tries.at(-1) ?? 0) > 71 * 60 && (tries.at(-1) ?? 0) <= 72 * 60)
    assert.equal(lines.length, 1)
    assert.match(
      lines[0] ?? '',
      new RegExp(`was given up after ${tries.length} tries: the mail server can't be reached\\.$`),
    )
    assertUnreadable(lines.join(), [SECRET, 'a@example.com', email])
  })

  test('a server that was off for a week still tries what it finds', async () => {
    await queue('a@example.com')
    clock.advance(7 * 24 * HOUR)
    const { sent, transport } = recording()
    await run(transport)
    assert.equal(sent.length, 1)
  })

  test('a failure of one whose claim ran out changes nothing of another’s', async () => {
    await queue('a@example.com')
    const slow: MailTransport = {
      async deliver() {
        clock.advance(2 * MINUTE) // it took too long, and another claims the mail
        const now = clock.now().getTime()
        assert.ok(await deps.mailing.claim(now, now + 2 * MINUTE))
        return { ok: false, permanent: false, reason: 'too_slow', reply: null }
      },
    }
    await run(slow)
    const [mail] = await waiting()
    assert.deepEqual([mail?.attempts, mail?.lastError], [0, null])
    assert.ok((mail?.claimedUntilMs ?? 0) > clock.now().getTime())
  })

  test('a mail under a lost key is given up, and the others go on', async () => {
    await queue('a@example.com', 'b@example.com')
    const [first] = await waiting()
    const elsewhere = await latchkey()
    const sealed = queuedMail(
      elsewhere.vault,
      account.id,
      { to: email, about: 'secured', values: { account: email } },
      clock.now(),
    ).sealed
    await elsewhere.close()
    await database.db.update(mails).set({ sealed })
    await queue('c@example.com')
    const { sent, transport } = recording()
    const lines = await run(transport)
    assert.deepEqual(
      sent.map(({ message }) => message.to),
      ['c@example.com'],
    )
    assert.equal(lines.length, 2)
    assert.ok(
      lines.some(
        (line) => line.includes(first?.id ?? '-') && line.endsWith("it doesn't open with the keys of this server."),
      ),
    )
  })

  test('stops between two mails when it is told to', async () => {
    await queue(...Array.from({ length: 20 }, (_, n) => `r${n}@example.com`))
    const { sent, transport } = recording()
    await runMailing({ ...deps, transport }, { report: assert.fail, stopping: () => sent.length > 3 })
    assert.ok(sent.length >= 4 && sent.length < 10, `${sent.length} were sent`)
    assert.equal((await waiting()).length, 20 - sent.length)
  })

  test('nothing of a mail can be read in the database, whatever became of it (A73)', async () => {
    await queue('canary-receiver@example.com')
    await run(DOWN)
    const rows = JSON.stringify(await everything(database))
    assertUnreadable(rows, [SECRET, 'canary-receiver@example.com', 'For you', 'kR3tZ0Qm-secret-of-this-mail'])
  })
})
