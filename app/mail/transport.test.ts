import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { AUTHORITY } from '#testing/certificate.ts'
import { headerOf, partOf, smtpServer } from '#testing/post-office.ts'
import { failureInWords } from './failures.ts'
import type { Message } from './mail.ts'
import { mailTransport } from './transport.ts'

const folder = mkdtempSync(join(tmpdir(), 'latchkey-mail-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const SITE = { issuer: 'Latchkey', baseUrl: 'https://accounts.example.com', mailFolder: folder, smtpUrl: undefined }
const QUICK = { connectionTimeout: 300, greetingTimeout: 300, socketTimeout: 300, atMost: 1000 }
/** For servers that answer, however busy the machine is. */
const PATIENT = { connectionTimeout: 5000, greetingTimeout: 5000, socketTimeout: 5000, atMost: 10_000 }
const NOTICE: Message = {
  to: 'ada@example.com',
  subject: 'An access token was generated',
  paragraphs: ['An access token was generated.', 'It was Zoë’s.'],
  link: { text: 'This was not me', href: 'https://accounts.example.com/mail/not-me?token=abc&x=1' },
  after: ['If it was you, there is nothing to do.'],
}
const outgoing = (message: Partial<Message> = {}, id = 'mail-1') => ({
  id,
  message: { ...NOTICE, ...message },
  createdAt: new Date('2026-03-01T12:00:10.000Z'),
})

describe('a mail', () => {
  test('has text and HTML of the same words, its own Message-ID and date, and is marked as automatic', async (t) => {
    const server = await smtpServer()
    t.after(server.close)
    assert.deepEqual(await mailTransport({ ...SITE, smtpUrl: server.url }).deliver(outgoing()), { ok: true })
    const [{ to, raw } = { to: [], raw: '' }] = server.received
    assert.deepEqual(to, ['ada@example.com'])
    assert.equal(headerOf(raw, 'From'), 'Latchkey <no-reply@accounts.example.com>')
    assert.equal(headerOf(raw, 'To'), 'ada@example.com')
    assert.equal(headerOf(raw, 'Subject'), NOTICE.subject)
    assert.equal(headerOf(raw, 'Message-ID'), '<mail-1@accounts.example.com>')
    assert.equal(headerOf(raw, 'Date'), 'Sun, 01 Mar 2026 12:00:10 +0000')
    assert.equal(headerOf(raw, 'Auto-Submitted'), 'auto-generated')
    assert.match(headerOf(raw, 'Content-Type'), /^multipart\/alternative/)
    assert.match(
      partOf(raw, 'text/plain'),
      /It was Zoë’s\.\n\nThis was not me:\nhttps:\S+\?token=abc&x=1\n\nIf it was you/,
    )
    const html = partOf(raw, 'text/html')
    assert.match(html, /<p>It was Zoë’s\.<\/p>\n<p><a href="https:[^"]+\?token=abc&amp;x=1"><strong>This was not me</)
    assert.doesNotMatch(html, /<img|<script|<link|url\(/, 'nothing in it is fetched')
  })

  test('comes from MAIL_FROM where that is set', async (t) => {
    const server = await smtpServer()
    t.after(server.close)
    const mailFrom = 'The doorman <door@example.org>'
    await mailTransport({ ...SITE, smtpUrl: server.url, mailFrom }).deliver(outgoing())
    assert.equal(headerOf(server.received[0]?.raw ?? '', 'From'), mailFrom)
  })

  test('shows markup in an address, a browser or a name as text (A47)', async (t) => {
    const server = await smtpServer()
    t.after(server.close)
    const markup = `"><script>alert('1')</script>&amp;`
    await mailTransport({ ...SITE, smtpUrl: server.url, issuer: markup }).deliver(
      outgoing({ subject: markup, paragraphs: [markup], after: [markup], link: { text: markup, href: markup } }),
    )
    const html = partOf(server.received[0]?.raw ?? '', 'text/html')
    assert.doesNotMatch(html, /<script|"">|'1'/)
    assert.match(html, /&quot;&gt;&lt;script&gt;alert\(&#39;1&#39;\)&lt;\/script&gt;&amp;amp;/)
  })

  test('has no header line and no receiver but its own, whatever a subject or an address holds', async (t) => {
    const server = await smtpServer()
    t.after(server.close)
    const transport = mailTransport({ ...SITE, smtpUrl: server.url })
    const lines = [
      'Hello\r\nBcc: eve@example.com\r\n\r\nBody',
      'Hello\nBcc: eve@example.com',
      'a\0b\u2028Bcc: eve@example.com',
    ]
    for (const subject of lines) assert.deepEqual(await transport.deliver(outgoing({ subject })), { ok: true })
    for (const { to, raw } of server.received) {
      assert.deepEqual(to, ['ada@example.com'])
      assert.equal(headerOf(raw, 'Bcc'), '')
    }
    for (const to of [
      'ada@example.com\r\nBcc: eve@example.com',
      'ada@example.com, eve@example.com',
      'ada@example.com>\r\nRCPT TO:<eve@example.com',
      'Ada <eve@example.com>',
      'ada@example.com eve@example.com',
      'group:eve@example.com;',
      'ada',
      '',
    ])
      assert.deepEqual(await transport.deliver(outgoing({ to })), {
        ok: false,
        permanent: true,
        ...{ reason: 'no_address', reply: null },
      })
    assert.equal(server.received.length, lines.length)
  })
})

describe('an SMTP server', () => {
  const deliver = (smtpUrl: string) => mailTransport({ ...SITE, smtpUrl }, QUICK).deliver(outgoing())
  /** Speaks as told, line by line of what it hears. */
  async function raw(speak: (socket: Socket) => void) {
    const sockets = new Set<Socket>()
    const server = createServer((socket) => {
      sockets.add(socket)
      socket.on('error', () => {})
      speak(socket)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const close = () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    }
    return { url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`, close }
  }

  test('that is down is tried again later (A73)', async () => {
    const server = await smtpServer()
    await server.close()
    const delivery = await deliver(server.url)
    assert.deepEqual(delivery, { ok: false, permanent: false, reason: 'unreachable', reply: null })
  })

  test('that never says a word, or thinks too long, is left after the time-out (A73)', async (t) => {
    const silent = await raw(() => {})
    t.after(silent.close)
    const slow = await smtpServer(() => ({ thinks: 1500 }))
    t.after(slow.close)
    for (const { url } of [silent, slow]) {
      const began = performance.now()
      const delivery = await deliver(url)
      assert.deepEqual(delivery, { ok: false, permanent: false, reason: 'no_answer', reply: null })
      assert.ok(performance.now() - began < 1200)
    }
  })

  test('that keeps the line busy without end is left as well (A73)', async (t) => {
    const busy = await raw((socket) => {
      socket.write('220 hello\r\n')
      socket.on('data', (heard) => {
        if (/\r\n\.\r\n$/.test(`${heard}`)) {
          const timer = setInterval(() => socket.write('250-almost\r\n'), 50)
          socket.on('close', () => clearInterval(timer))
        } else if (/^(EHLO|MAIL|RCPT)/.test(`${heard}`)) socket.write('250 go on\r\n')
        else if (/^DATA/.test(`${heard}`)) socket.write('354 go on\r\n')
      })
    })
    t.after(busy.close)
    const began = performance.now()
    const delivery = await deliver(busy.url)
    assert.deepEqual(delivery, { ok: false, permanent: false, reason: 'too_slow', reply: null })
    assert.ok(performance.now() - began < 1500)
  })

  for (const [what, manners, understood] of [
    ['refuses the address', { rcpt: 550 }, { permanent: true, reason: 'refused_for_good', reply: 550 }],
    ['refuses the message', { data: 554 }, { permanent: true, reason: 'refused_for_good', reply: 554 }],
    ['puts the address off', { rcpt: 450 }, { permanent: false, reason: 'refused', reply: 450 }],
    ['puts the message off', { data: 451 }, { permanent: false, reason: 'refused', reply: 451 }],
  ] as const)
    test(`that ${what} is understood, and its words are not repeated (A73)`, async (t) => {
      const server = await smtpServer(() => manners)
      t.after(server.close)
      const delivery = await deliver(server.url)
      assert.deepEqual(delivery, { ok: false, ...understood })
      assert.match(
        failureInWords({ reason: understood.reason, reply: understood.reply }),
        /^the mail server [a-z' ]+ \(\d{3}\)$/,
      )
    })

  test('hears the host of BASE_URL at EHLO, and not the name of the machine', async (t) => {
    const server = await smtpServer()
    t.after(server.close)
    await deliver(server.url)
    assert.deepEqual(
      server.received.map(({ ehlo }) => ehlo),
      ['accounts.example.com'],
    )
  })

  test('that does not know our password refuses us, and not the address', async (t) => {
    const server = await smtpServer(undefined, 'violet kettle')
    t.after(server.close)
    const { port } = server
    const plainly = (smtpUrl: string) =>
      mailTransport({ ...SITE, smtpUrl, smtpPlain: true }, PATIENT).deliver(outgoing())
    const delivery = await plainly(`smtp://latchkey:wrong-one@127.0.0.1:${port}`)
    assert.deepEqual(delivery, { ok: false, permanent: false, reason: 'sign_in_refused', reply: 535 })
    assert.deepEqual(await plainly(`smtp://latchkey:violet%20kettle@127.0.0.1:${port}`), { ok: true })
  })
})

describe('on the way to a mail server', () => {
  const ELSEWHERE = '0.0.0.0' // reaches this machine, but isn't a loopback address
  const SIGNED = `tls.servername=localhost&tls.ca=${encodeURIComponent(AUTHORITY)}`
  const deliver = (smtpUrl: string, smtpPlain = false) =>
    mailTransport({ ...SITE, smtpUrl, smtpPlain }, PATIENT).deliver(outgoing())

  for (const [what, user, host] of [
    ['a password', 'latchkey:violet%20kettle@', '127.0.0.1'],
    ['mail to another machine', '', ELSEWHERE],
    ['a password to another machine', 'latchkey:violet%20kettle@', ELSEWHERE],
  ] as const) {
    test(`${what} is never sent plain: where nothing encrypts, nothing is sent`, async (t) => {
      const server = await smtpServer(undefined, user ? 'violet kettle' : undefined)
      t.after(server.close)
      const delivery = await deliver(`smtp://${user}${host}:${server.port}`)
      assert.ok(!delivery.ok && !delivery.permanent, 'tried again later')
      assert.equal(delivery.reason, 'only_plain')
      assert.match(failureInWords(delivery), /couldn't be encrypted, and SMTP_PLAIN doesn't allow a plain one/)
      assert.deepEqual(server.received, [])
    })

    test(`${what} is sent plain with SMTP_PLAIN=yes`, async (t) => {
      const server = await smtpServer(undefined, user ? 'violet kettle' : undefined)
      t.after(server.close)
      assert.deepEqual(await deliver(`smtp://${user}${host}:${server.port}`, true), { ok: true })
      assert.equal(server.received[0]?.encrypted, false)
    })

    for (const encryption of ['starttls', 'tls'] as const)
      test(`${what} is sent encrypted (${encryption}) to a server that proves its name`, async (t) => {
        const server = await smtpServer(undefined, user ? 'violet kettle' : undefined, encryption)
        t.after(server.close)
        const [scheme] = server.url.split(':')
        assert.deepEqual(await deliver(`${scheme}://${user}${host}:${server.port}?${SIGNED}`), { ok: true })
        assert.equal(server.received[0]?.encrypted, true)
      })
  }

  for (const encryption of ['starttls', 'tls'] as const) {
    test(`a certificate (${encryption}) that nobody trusts is called that, and gets nothing`, async (t) => {
      const server = await smtpServer(undefined, undefined, encryption)
      t.after(server.close)
      const [scheme] = server.url.split(':')
      assert.deepEqual(await deliver(`${scheme}://${ELSEWHERE}:${server.port}`), {
        ok: false,
        permanent: false,
        ...{ reason: 'not_trusted', reply: null },
      })
      assert.deepEqual(server.received, [])
    })

    test(`a certificate (${encryption}) of another name is not trusted either`, async (t) => {
      const server = await smtpServer(undefined, undefined, encryption)
      t.after(server.close)
      const [scheme] = server.url.split(':')
      const other = SIGNED.replace('localhost', 'mail.example.net')
      const delivery = await deliver(`${scheme}://${ELSEWHERE}:${server.port}?${other}`)
      assert.equal(!delivery.ok && delivery.reason, 'not_trusted')
      assert.deepEqual(server.received, [])
    })
  }

  test('a server of this machine that is told no password may sign its certificate itself', async (t) => {
    const server = await smtpServer(undefined, undefined, 'starttls')
    t.after(server.close)
    assert.deepEqual(await deliver(server.url), { ok: true })
    assert.equal(server.received[0]?.encrypted, true)
  })

  test('smtps: at a port without TLS is told from a server that is away', async (t) => {
    const server = await smtpServer()
    t.after(server.close)
    const delivery = await deliver(server.url.replace('smtp:', 'smtps:'))
    assert.equal(!delivery.ok && delivery.reason, 'not_encrypted')
  })
})

describe('without a mail server', () => {
  const here = join(folder, 'beside', 'mail')

  test('each mail is a file that only its owner reads, whole from the moment it has its name', async () => {
    const transport = mailTransport({ ...SITE, mailFolder: here })
    assert.deepEqual(await transport.deliver(outgoing()), { ok: true })
    await transport.deliver(outgoing()) // the same mail once more, after a crash
    await transport.deliver(outgoing({ to: 'eve@example.com' }, 'mail-2'))
    const files = readdirSync(here).sort()
    assert.deepEqual(files, ['2026-03-01T12-00-10-000Z-mail-1.eml', '2026-03-01T12-00-10-000Z-mail-2.eml'])
    for (const file of files) assert.equal(statSync(join(here, file)).mode & 0o777, 0o600)
    assert.equal(statSync(here).mode & 0o777, 0o700)
    const eml = readFileSync(join(here, files[0] ?? ''), 'utf8')
    assert.equal(headerOf(eml, 'To'), 'ada@example.com')
    assert.match(partOf(eml, 'text/plain'), /This was not me:\nhttps:\S+\?token=abc&x=1\n/)
  })

  test('a folder that can not be written to is an error of today, not of the address', async () => {
    const file = join(folder, 'a-file')
    writeFileSync(file, '')
    const delivery = await mailTransport({ ...SITE, mailFolder: join(file, 'mail') }).deliver(outgoing())
    assert.deepEqual(delivery, { ok: false, permanent: false, reason: 'folder_refuses', reply: null })
  })
})
