import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const OWN = /^(app\/two-factor\/factors|views\/two-factor\/factors|db\/stores\/factors)\/totp[/.]/
const LIST = 'app/two-factor/factors/factor-kinds.ts'
/** `/1.0` has one kind, under this name in its own protocol; words are words. */
const MAY_SAY_SO = /^(app\/api\/jelastic|views\/words)\//

const sources = ['app', 'views', 'db']
  .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)))
  .filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file))

test('a kind of second factor is named in its own folders and in the list of kinds alone', () => {
  const others = sources.filter((file) => !OWN.test(file) && file !== LIST)
  const named = others.filter((file) => (MAY_SAY_SO.test(file) ? /totp/ : /totp/i).test(readFileSync(file, 'utf8')))
  assert.deepEqual(named, [])
  assert.ok(sources.filter((file) => OWN.test(file)).length >= 4, 'the rule is about some files')
})
