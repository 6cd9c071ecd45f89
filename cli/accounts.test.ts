import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, describe, test } from 'node:test'
import { commandLine } from '#testing/command-line.ts'
import { sharedDatabase } from '#testing/index.ts'

const { url, folder, close } = await sharedDatabase()
after(close)
const LATCHKEY_KEYS = `k1:${randomBytes(32).toString('base64')}`
const latchkey = commandLine({ DATABASE_URL: url, DATA_FOLDER: folder, LATCHKEY_KEYS })
const data = async (...args: string[]) => JSON.parse((await latchkey(...args, '--json')).out)

describe('the commands for accounts', () => {
  test('make, list, show and sign out an account, and say each in a sentence and in JSON', async () => {
    const made = await latchkey('account', 'create', 'Ada@Example.com', '--reason', 'She starts on Monday')
    assert.deepEqual([made.status, made.err], [0, ''])
    assert.match(made.out, /^ada@example\.com has an account, with the username ada\./)
    assert.match(
      (await latchkey('account', 'list', '--search', 'AD')).out,
      /^EMAIL +USERNAME.*\nada@example\.com +ada /,
    )
    assert.equal((await latchkey('account', 'list', '--search', 'x')).out, 'None.\n')
    assert.deepEqual(
      (await data('account', 'list')).accounts.map(({ email, role }: Record<string, string>) => [email, role]),
      [['ada@example.com', 'member']],
    )
    const { out } = await latchkey('account', 'show', 'ada')
    assert.match(out, /signed_up +server +operator +She starts on Monday/)
    assert.match(out, /ACCESS TOKENS: none/)
    const done = await latchkey('account', 'sign-out', 'ada', '--yes')
    assert.deepEqual([done.status, done.out], [0, 'ada@example.com is signed out everywhere.\n'])
  })

  test('make operators, and never remove the last one (P08)', async () => {
    const { isNew, username } = await data('operator', 'add', 'grace@example.com')
    assert.deepEqual([isNew, username], [true, 'grace'])
    assert.equal((await latchkey('operator', 'add', 'ada')).out, 'ada@example.com is an operator.\n')
    assert.equal((await latchkey('operator', 'remove', 'ada', '--yes')).status, 0)
    const refused = await latchkey('operator', 'remove', 'grace', '--yes')
    assert.equal(refused.status, 1)
    assert.match(refused.err, /^This is the last operator\. .* Nothing was changed\.\n$/)
  })

  test('delete an account for good, with its address or its username', async () => {
    await latchkey('account', 'create', 'joan@example.com')
    const done = await latchkey('account', 'delete', 'joan', '--reason', 'Left the company', '--yes')
    assert.deepEqual(
      [done.status, done.out],
      [0, 'joan@example.com is deleted. Its events stay in the log, without the person.\n'],
    )
    assert.equal((await latchkey('account', 'show', 'joan')).status, 1)
    const { out } = await latchkey('log', 'export')
    assert.match(out, /"kind":"account_deleted","method":null,"account_id":null,"email":null/)
    assert.doesNotMatch(out, /joan/)
  })

  const before = () => data('account', 'list')
  for (const [typed, status, sentence] of [
    ['account show nobody@example.com', 1, /^There is no account of that address or username\.\n$/],
    ['account sign-out nobody --yes', 1, /^There is no account .* Nothing was changed\.\n$/],
    ['account sign-out grace', 1, /^Nothing was done\. There is no terminal to ask on: add --yes/],
    ['account delete grace --reason Left', 1, /^Nothing was done\. There is no terminal to ask on: add --yes/],
    ['account delete grace --reason Left --yes', 1, /^This is the last operator\. .* Nothing was changed\.\n$/],
    ['account delete nobody --reason Left --yes', 1, /^There is no account .* Nothing was changed\.\n$/],
    ['account delete grace --yes', 2, /^Say why with --reason TEXT\.\n$/],
    ['operator remove grace', 1, /^Nothing was done\. There is no terminal to ask on: add --yes/],
    ['token revoke x', 1, /^There is no access token with that id/],
    ['token list --account nobody', 1, /^There is no account/],
    ['account create grace@example.com', 1, /^There is an account of that address already/],
    ['account create grace', 1, /^That is no email address\. Nothing was changed\.\n$/],
    ['operator add nobody', 1, /^There is no account/],
    ['account list --after x', 2, /^--after takes what the page before said\.\n$/],
    ['account show', 2, /^EMAIL is missing\. Usage/],
  ] as const)
    test(`${typed}: ends with ${status} and a sentence, and changes nothing`, async () => {
      const was = await before()
      const { status: code, out, err } = await latchkey(...typed.split(' '))
      assert.deepEqual([code, out], [status, ''])
      assert.match(err, sentence)
      assert.doesNotMatch(err, /\n\s+at /)
      assert.deepEqual(await before(), was)
    })
})
