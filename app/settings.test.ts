import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { filesOfSettings } from '../tools/docs.ts'
import { readConfig } from './config.ts'
import { environmentIn } from './process/environment-file.ts'
import { consent, setting, settingOrNone } from './setting-kinds.ts'
import { SETTING_ROWS } from './settings.ts'

describe('a setting', () => {
  for (const [file, contents] of filesOfSettings())
    test(`is in ${file} as its row has it, since npm run docs writes that file`, () => {
      assert.equal(readFileSync(file, 'utf8'), contents)
      for (const [, { variable }] of SETTING_ROWS) assert.ok(contents.includes(variable), variable)
    })

  test('has one row, and no two rows share a variable', () => {
    const variables = SETTING_ROWS.map(([, { variable }]) => variable)
    assert.deepEqual([...new Set(variables)], variables)
  })

  test('has a value in .env.example that the server takes, as it stands there and with the # taken away', () => {
    const example = readFileSync('.env.example', 'utf8')
    assert.deepEqual(Object.keys(environmentIn(Buffer.from(example), '.env.example')), [])
    const named = environmentIn(Buffer.from(example.replaceAll(/^#(?=[A-Z])/gm, '')), '.env.example')
    assert.deepEqual(Object.keys(named).sort(), SETTING_ROWS.map(([, { variable }]) => variable).sort())
    assert.equal(readConfig(named).databaseUrl, 'postgres://latchkey:password@127.0.0.1/latchkey')
  })

  test('without a sentence for its readers, or without a word on what it is when nobody sets it, does not compile', () => {
    const unfinished = () => {
      // @ts-expect-error It says nothing about what it means.
      setting(consent, { variable: 'ALLOW_ALL', usual: 'no' })
      // @ts-expect-error It says nothing about what it is when nobody sets it.
      setting(consent, { variable: 'ALLOW_ALL', means: '`yes` allows all.' })
      // @ts-expect-error Nor here.
      settingOrNone(consent, { variable: 'ALLOW_ALL', means: '`yes` allows all.' })
    }
    assert.equal(typeof unfinished, 'function')
  })
})
