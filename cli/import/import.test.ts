import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, afterEach, describe, test } from 'node:test'
import { COMMAND_LINE } from '#app/operators/command-line.ts'
import { groupsOf } from '#app/operators/groups.ts'
import { importAccounts, type Row } from '#app/operators/import/import.ts'
import { createAccount } from '#app/operators/new-accounts.ts'
import { resume } from '#app/operators/suspension.ts'
import { accounts } from '#db/schema.ts'
import {
  accountOf,
  codeOf,
  everyRow,
  latchkey,
  loggedEvents,
  newEmail,
  PASSWORD,
  RECOVERY_CODES_PAGE,
  readCodesPage,
  signedUp,
  submit,
  textOf,
} from '#testing/index.ts'
import { assertInvariants, stateOf } from '#testing/invariants.ts'
import { rowsOfAccounts } from './accounts-file.ts'
import { devicesOf, NO_DEVICES } from './authelia-devices.ts'
import { rowsOfAuthelia } from './authelia-users.ts'
import { report } from './report.ts'
import { readTextFile } from './text-file.ts'

const product = await latchkey()
const { database, deps, clock } = product
afterEach(async () => {
  assert.deepEqual(product.faults, [])
  await assertInvariants(database, [JOHN.password])
})
after(product.close)

const JOHN = { password: 'an old password of john', key: 'AEBAGBAFAYDQQCIKBMGA2DQPCAIREEYUCULBOGAZDINRYHI6D4QA' }
const HARRYS_KEY = 'FAUSUKZMFUXC6MBRGIZTINJWG44DSOR3HQ6T4P2AIFBEGRCFIZDQ'
const DEVICE = `otpauth://totp/Elsewhere:x?secret=${JOHN.key}&issuer=Elsewhere`
const BY = { operatorId: null, reason: 'We have moved.', origin: COMMAND_LINE }

const file = (name: string, text: string) => ({ name, text })
const fixture = (name: string) => readTextFile(join('testing/authelia', name))
const imported = (rows: Row[], write = true) => importAccounts(deps, rows, { write }, BY)
const lines = (...people: object[]) =>
  rowsOfAccounts(file('people.jsonl', people.map((person) => JSON.stringify(person)).join('\n')))
const outcomes = async (rows: Row[], write = true) =>
  (await imported(rows, write)).rows.map(
    (row) => `${row.at} ${row.outcome === 'refused' ? row.refusal.reason : row.outcome}`,
  )

/** A hash of PASSWORD that costs nothing to check. */
const passwordHash = await deps.passwords.hash(PASSWORD, 'local')
const person = (of: object = {}) => ({ email: newEmail(), passwordHash, ...of })

describe('Authelia’s files', () => {
  test('become accounts: an old password and an old phone sign in on our pages, and codes are made first', async () => {
    const rows = rowsOfAuthelia(await fixture('users_database.yml'), devicesOf(await fixture('totp.txt')))
    const empty = await everyRow(product)
    const dry = await imported(rows, false)
    assert.deepEqual(await everyRow(product), empty, 'a dry run writes nothing')
    const done = await imported(rows)
    assert.deepEqual(done, dry, 'and says what will be')
    assert.deepEqual(
      done.rows.map(({ at, name, outcome }) => [at, name, outcome]),
      [
        ['users_database.yml:4', 'john', 'made'],
        ['users_database.yml:12', 'Harry', 'made'],
        ['users_database.yml:18', 'bob', 'made'],
      ],
    )
    assert.deepEqual(done.groupsMade, ['admins', 'dev'])
    const john = await accountOf(product, 'john.doe@example.com')
    assert.deepEqual([john.username, john.displayName, john.role], ['john', 'John Doe', 'member'])
    assert.deepEqual(
      (await groupsOf(deps, john.id)).map(({ name }) => name),
      ['admins', 'dev'],
    )
    assert.match(john.passwordHash, /^\$argon2id\$v=19\$m=65536,t=3,p=4\$/)

    const browser = product.browser()
    assert.equal(await submit(browser, '/sign-in', { email: 'john', password: JOHN.password }), '/sign-in/two-factor')
    await submit(browser, '/sign-in/two-factor', { code: codeOf(JOHN.key, clock.now()) })
    assert.ok(
      !deps.passwords.needsRehash((await accountOf(product, john.email)).passwordHash),
      'the hash is ours by now',
    )
    assert.equal((await browser.get('/')).location, RECOVERY_CODES_PAGE)
    await submit(browser, `${RECOVERY_CODES_PAGE}/confirm`, { password: JOHN.password })
    const before = readCodesPage((await browser.get(RECOVERY_CODES_PAGE)).html)
    assert.match(textOf(before.html), /You have no recovery codes yet\./)
    assert.doesNotMatch(before.html, /<ol class="codes"/)
    await submit(browser, `${RECOVERY_CODES_PAGE}/regenerate`, { set: before.set })
    assert.equal(readCodesPage((await browser.get(RECOVERY_CODES_PAGE)).html).codes.length, 12)
    assert.equal((await browser.get('/')).status, 200)
  })

  test('close the account of a disabled user, whose owner is told so and gets in once it is resumed', async () => {
    const { account, factors } = await stateOf(database, 'harry.potter@example.com')
    assert.deepEqual([account.username, account.suspendedFor, factors.length], ['harry', 'Disabled in Authelia', 1])
    const answer = await product.browser().post('/sign-in', { email: 'harry', password: JOHN.password })
    assert.equal(answer.status, 422)
    assert.match(answer.text, /suspended/)
    assert.ok((await resume(deps, 'harry', BY)).ok, 'it is resumed')
    const browser = product.browser()
    await submit(browser, '/sign-in', { email: 'Harry', password: JOHN.password })
    assert.equal(await submit(browser, '/sign-in/two-factor', { code: codeOf(HARRYS_KEY, clock.now()) }), '/')
  })

  test('are read again without a change: everybody is there already', async () => {
    const before = await everyRow(product)
    const devices = devicesOf(await fixture('authelia.export.totp.yml'))
    const done = await outcomes(rowsOfAuthelia(await fixture('users_database.yml'), devices))
    assert.deepEqual(
      done.map((each) => each.split(' ')[1]),
      ['there_already', 'there_already', 'there_already'],
    )
    assert.deepEqual(await everyRow(product), before)
  })

  test('give the same authenticators in YAML as in addresses', async () => {
    const [addresses, yaml] = [
      devicesOf(await fixture('totp.txt')),
      devicesOf(await fixture('authelia.export.totp.yml')),
    ]
    const secretOf = (device: ReturnType<typeof yaml.of>) => {
      assert.ok(device && 'text' in device, 'there is one')
      return deps.factorKinds[0].fromElsewhere?.(device.text)
    }
    for (const name of ['john', 'Harry']) assert.deepEqual(secretOf(yaml.of(name)), secretOf(addresses.of(name)))
    assert.equal(yaml.of('bob'), undefined)
  })

  test('leave nobody without the second factor because a line is broken, twice there, or of nobody', async () => {
    const users = ['ann', 'ben', 'cat'].map(
      (name) => `  ${name}: {password: '${passwordHash}', email: ${name}@moved.example}`,
    )
    const rowsFor = (...totp: string[]) =>
      rowsOfAuthelia(file('u.yml', ['users:', ...users].join('\n')), devicesOf(file('t.txt', totp.join('\n'))))
    const of = (name: string, query = '') => `otpauth://totp/Site:${name}?issuer=Site&secret=${JOHN.key}${query}`
    const cases: [string[], string[]][] = [
      [
        [of('ann'), 'otpauth://to'],
        ['made', 'device_perhaps_lost', 'device_perhaps_lost', 'unreadable_device'],
      ],
      [
        [of('ann'), of('ann'), of('dan')],
        ['two_devices', 'made', 'made', 'nobodys_device'],
      ],
      [
        [of('ann', '&digits=8'), of('ben').replace('secret', 'x')],
        ['other_device', 'unreadable_device', 'made'],
      ],
    ]
    for (const [totp, expected] of cases)
      assert.deepEqual(
        (await outcomes(rowsFor(...totp), false)).slice(0, 4).map((each) => each.split(' ')[1]),
        expected,
      )
    assert.throws(() => devicesOf(file('t.txt', 'users: {}')), /has no authenticators/)
  })
})

describe('P13: an import', () => {
  test('refuses each broken row by its line and makes the others, from lines of JSON', async () => {
    const good = person({ authenticator: DEVICE, groups: ['family', { name: 'staff', until: '2099-12-31' }] })
    const rows = rowsOfAccounts(
      file(
        'people.jsonl',
        [
          '{"email": ',
          '',
          '[]',
          JSON.stringify(good),
          ...[
            { email: 'x@example.com' },
            person({ email: 'nobody' }),
            person({ role: 'operator' }),
            person({ username: 'admin' }),
            person({ username: 'a b' }),
            person({ displayName: 'a\nb' }),
            person({ groups: ['Family'] }),
            person({ groups: ['family', 'family'] }),
            person({ groups: [{ name: 'family', until: '2001-01-01' }] }),
            person({ groups: [{ name: 'family', until: 'tomorrow' }] }),
            person({ authenticator: 'otpauth://totp/x' }),
            person({ authenticator: `${DEVICE}&period=60` }),
          ].map((each) => JSON.stringify(each)),
          JSON.stringify(person()).slice(0, -1),
        ].join('\r\n'),
      ),
    )
    const expected = [
      ...['1 unreadable', '3 unreadable', '4 made', '5 bad_field', '6 no_address', '7 unknown_field'],
      ...['8 reserved_username', '9 no_username', '10 bad_display_name', '11 no_group_name', '12 group_twice'],
      ...['13 group_over', '14 bad_field', '15 unreadable_device', '16 other_device', '17 unreadable'],
    ]
    const before = await database.db.$count(accounts)
    assert.deepEqual(
      await outcomes(rows),
      expected.map((each) => `people.jsonl:${each}`),
    )
    assert.equal(await database.db.$count(accounts), before + 1)
    const { id, role, emailConfirmedAt } = await accountOf(product, good.email)
    assert.ok(role === 'member' && emailConfirmedAt, 'a member with the address that the operator answers for')
    assert.deepEqual(
      (await groupsOf(deps, id)).map(({ name, until }) => [name, until?.toISOString()]),
      [
        ['family', undefined],
        ['staff', '2099-12-31T00:00:00.000Z'],
      ],
    )
    assert.deepEqual(await loggedEvents(product, good.email), [
      'signed_up',
      'second_factor_on',
      'group_joined',
      'group_joined',
    ])
    const { events } = await stateOf(database, good.email)
    assert.ok(
      events.every(({ notice, actor, reason }) => !notice && actor === 'operator' && reason === BY.reason),
      'an operator did it, and nobody is mailed',
    )
  })

  test('refuses each broken row by its line and makes the others, from Authelia’s YAML', async () => {
    const text = `users:
  eve: {password: '${passwordHash}', email: eve@moved.example, groups: }
  nobody-at-home:
  "007": {password: '${passwordHash}', email: bond@moved.example}
  no-mail: {password: '${passwordHash}'}
  twice: {password: '${passwordHash}', password: x, email: twice@moved.example}
  maybe: {password: '${passwordHash}', email: maybe@moved.example, disabled: yes}
  like-eve: &e {password: '${passwordHash}', email: eve@moved.example}
  e.v.e: {password: '${passwordHash}', email: other@moved.example}
  alias: *e
  ~: {password: '${passwordHash}', email: list@moved.example}
`
    const expected = [
      'made',
      'unreadable',
      'made',
      'bad_field',
      'field_twice',
      'bad_field',
      'same_email',
      'same_username',
      'same_email',
      'no_username',
    ]
    const rows = rowsOfAuthelia(file('u.yml', text), NO_DEVICES)
    assert.deepEqual(
      await outcomes(rows),
      expected.map((each, index) => `u.yml:${index + 2} ${each}`),
    )
    assert.equal((await accountOf(product, 'bond@moved.example')).username, '007')
  })

  test('refuses a duplicate, in the file and of an account, in any spelling, and changes nothing about the first', async () => {
    const { email } = await signedUp(product)
    const mine = await accountOf(product, email)
    const first = person({ username: `first-${mine.uid}` })
    const before = await everyRow(product)
    const rows = lines(
      person({ email: ` ${email.toUpperCase()}`, username: 'somebody-else' }),
      person({ username: mine.username }),
      person({ username: `${mine.username.replace(/[.-]/g, '')}_` }),
      person({ email, username: mine.username, authenticator: DEVICE }),
      person({ email }),
      first,
      { ...first, email: newEmail() },
      { ...first, username: `other-${mine.uid}` },
    )
    const expected = [
      ...['1 email_taken', '2 username_taken', '3 username_taken', '4 there_already', '5 same_email'],
      ...['6 made', '7 same_username', '8 same_email'],
    ].map((each) => `people.jsonl:${each}`)
    assert.deepEqual(await outcomes(rows, false), expected)
    assert.deepEqual(await everyRow(product), before)
    assert.deepEqual(await outcomes(rows), expected)
    assert.deepEqual(await accountOf(product, email), mine)
  })

  test('refuses a password in plain text, hashes of other kinds and absurd ones, and says nothing of what they are', async () => {
    const secret = 'correct horse battery'
    const rows = lines(
      person({ passwordHash: secret }),
      person({ passwordHash: `$2b$12$${secret}` }),
      person({ passwordHash: `${passwordHash}${secret}` }),
      person({ passwordHash: passwordHash.replace(/m=\d+/, 'm=4194304') }),
      person({ authenticator: secret }),
      { ...person(), password: secret },
    )
    const before = await everyRow(product)
    const done = await imported(rows)
    assert.deepEqual(
      done.rows.map((row) => row.outcome === 'refused' && row.refusal.reason),
      ['plain_password', 'other_hash', 'damaged_hash', 'costly_hash', 'unreadable_device', 'unknown_field'],
    )
    assert.deepEqual(await everyRow(product), before)
    const { said, data, isNo } = report(done, true)
    assert.ok(isNo && !`${said}${JSON.stringify(data)}`.includes(secret), said)
  })

  test('of 4 at once makes each account once, and one that is taken meanwhile is nobody’s half', async () => {
    const people = Array.from({ length: 5 }, () => person({ authenticator: DEVICE, groups: ['crowd'] }))
    const answers = await Promise.all(Array.from({ length: 4 }, () => outcomes(lines(...people))))
    const all = answers.flat().map((each) => each.split(' ')[1])
    assert.equal(all.filter((each) => each === 'made').length, people.length)
    assert.equal(all.filter((each) => each === 'there_already').length, 3 * people.length)
    const late = person({ username: 'late-comer', groups: ['crowd'] })
    const slow = {
      ...deps,
      importedAccounts: {
        async importAccount(rows: Parameters<typeof deps.importedAccounts.importAccount>[0]) {
          await createAccount(deps, { email: late.email }, BY)
          return await deps.importedAccounts.importAccount(rows)
        },
      },
    }
    const { rows } = await importAccounts(slow, lines(late), { write: true }, BY)
    assert.deepEqual(
      rows.map((row) => row.outcome === 'refused' && row.refusal.reason),
      ['email_taken'],
    )
    assert.equal((await stateOf(database, late.email)).count('group_joined'), 0)
    const never = { ...deps, importedAccounts: { importAccount: async () => false } }
    const { rows: refused } = await importAccounts(never, lines(person()), { write: true }, BY)
    assert.equal(refused[0]?.outcome, 'refused', 'what was not made is never said to be')
  })
})
