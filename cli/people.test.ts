import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, describe, test } from 'node:test'
import { commandLine } from '#testing/command-line.ts'
import { everyRow, sharedDatabase } from '#testing/index.ts'

// What operators do about people from a terminal: groups and invitations.
const database = await sharedDatabase()
after(database.close)

const SITE = {
  ...{ BASE_URL: 'https://accounts.example.com', DATABASE_URL: database.url, DATA_FOLDER: database.folder },
  LATCHKEY_KEYS: `k1:${randomBytes(32).toString('base64')}`,
}
const run = commandLine(SITE)
async function json(...args: string[]) {
  const { status, out, err } = await run(...args, '--json')
  assert.deepEqual([status, err], [0, ''], err)
  return JSON.parse(out)
}

describe('from the command line', () => {
  test('groups are made and listed, and an invitation names them with and without an end', async () => {
    assert.equal((await run('group', 'create', 'family')).out, 'There is a group family.\n')
    await run('group', 'create', 'staff', '--reason', 'New people')
    const made = await json(
      'invite',
      '--group',
      'family',
      '--group',
      'staff:2099-12-31T12:00:00+01:00',
      '--role',
      'operator',
    )
    assert.match(made.link, /^https:\/\/accounts\.example\.com\/sign-up\?invitation=[\w-]{43}$/)
    assert.deepEqual(made.groups, [
      { name: 'family', until: null },
      { name: 'staff', until: '2099-12-31T11:00:00.000Z' },
    ])
    assert.deepEqual([made.role, made.email, made.state], ['operator', null, 'open'])
    const listed = await json('invitation', 'list')
    assert.equal(listed.invitations[0].id, made.id)
    assert.ok(!JSON.stringify(listed).includes(made.link.split('=')[1]), 'the list has no link')
    assert.match((await run('invitation', 'list')).out, /whoever holds it +operator +family staff:2099/)
    assert.match((await run('group', 'list')).out, /^group +members +created\nfamily +0 /)

    const mailed = await run('invite', 'ada@example.com', '--account-ends', '2099-01-01')
    assert.match(mailed.out, /^An invitation is on its way to ada@example\.com\./)
    assert.doesNotMatch(mailed.out, /invitation=/)
    const printed = await run('invite', 'bob@example.com', '--print')
    assert.match(printed.out, /invitation=[\w-]{43}\n$/)

    assert.equal((await run('invitation', 'revoke', made.id)).status, 0)
    const again = await run('invitation', 'revoke', made.id)
    assert.deepEqual([again.status, again.out], [1, ''])
    assert.equal(
      (await json('invitation', 'list')).invitations.find(({ id }: { id: string }) => id === made.id).state,
      'revoked',
    )
  })

  test('what is wrong ends with a sentence and 1 or 2, and changes nothing', async () => {
    const before = await everyRow({ database })
    const wrong: [string[], number, RegExp][] = [
      [['invite', 'ada'], 2, /^ada is no email address\.\n$/],
      [['invite', '--group', 'Family'], 2, /^A group is called by/],
      [['invite', '--group', 'family:tomorrow'], 2, /^The end of a group must be a date/],
      [['invite', '--expires', '2026-02-30'], 2, /^--expires must be a date/],
      [['invite', '--role', 'owner'], 2, /^--role is member or operator/],
      [['invite', '--group', 'nobodys'], 1, /^There is no group nobodys\. Nothing was done\.\n$/],
      [['invite', '--group', 'family', '--group', 'family'], 1, /^The group family is there twice\./],
      [['invite', '--expires', '2020-01-01'], 1, /^One of the dates has passed\./],
      [['invite', '--account-ends', '2020-01-01'], 1, /^One of the dates has passed\./],
      [['invite', '--expires', '2999-01-01'], 1, /366 days/],
      [['invitation', 'revoke', 'x'], 1, /^There is no invitation x /],
      [['group', 'create', 'family'], 1, /^There is a group of that name\./],
      [['group', 'add', 'family', 'nobody@example.com'], 1, /^There is no account/],
      [['group', 'add', 'nobodys', 'nobody@example.com'], 1, /^There is no group/],
      [['group', 'delete', 'family'], 1, /./],
      [['group', 'list', 'nobodys'], 1, /^There is no group/],
    ]
    for (const [args, status, sentence] of wrong) {
      const ended = await run(...args)
      assert.deepEqual([ended.status, ended.out], [status, ''], args.join(' '))
      assert.match(ended.err, sentence)
      assert.doesNotMatch(ended.err, /\n.*\n|\bat .*\.[jt]s:/, 'one sentence, and no stack')
    }
    assert.deepEqual(await everyRow({ database }), before)
  })

  test('where SIGN_UP is closed, nobody is invited', async () => {
    const { status, err } = await commandLine({ ...SITE, SIGN_UP: 'closed' })('invite')
    assert.deepEqual([status, err], [1, 'SIGN_UP is closed, so an invitation would open nothing. Nothing was done.\n'])
  })
})
