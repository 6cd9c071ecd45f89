import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { codeOf } from '#testing/authenticator.ts'
import { PASSWORD } from '#testing/names.ts'
import { newEmail, readCodes } from '#testing/people.ts'
import { builtProgram } from '#testing/programs.ts'
import { type ServerProcess, startServer } from '#testing/server-process.ts'
import { type TextBrowser, textBrowser } from '#testing/text-browser.ts'

const FIVE_MINUTES = 5 * 60_000
const SET_UP = 'Set Up Two-Factor Authentication'
const VIEW = 'View Recovery Codes'
const DISABLE = 'Disable Two-Factor Authentication'
const STEP_ONE = 'Step 1 of 2: Register Authentication App'
const STEP_TWO = 'Step 2 of 2: Save Recovery Codes'
const ON_ACCOUNT = 'Change Password'
const OFF = 'Your password alone opens this account.'
const ON = 'Signing in takes your password and a code from your authenticator.'

const folder = mkdtempSync(join(tmpdir(), 'latchkey-text-browsers-'))
const served = await builtProgram('testing/quick-server.ts')
let server: ServerProcess
before(async () => {
  const environment = { DATABASE_URL: `file:${join(folder, 'latchkey.db')}`, RATE_LIMIT_PER_ADDRESS: '0' }
  server = await startServer({ environment, program: served })
  assert.notEqual(server.port, 0, server.err())
})
after(async () => {
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

const keyOn = (page: string) => /\bKey\s+([A-Z2-7]{32})/.exec(page)?.[1] ?? ''

/** Beside the button that opens a pop-up stands the link to the same form as a page. */
const LINK_BESIDE_BUTTON = { skip: 1 }

async function confirm(browser: TextBrowser, action: string) {
  await browser.press(action, LINK_BESIDE_BUTTON)
  await browser.leaves(ON_ACCOUNT)
  await browser.fill('Password', PASSWORD)
  await browser.press('Continue')
}

for (const program of ['w3m', 'lynx'] as const)
  describe(`a person with ${program}`, { timeout: FIVE_MINUTES }, () => {
    let browser: TextBrowser
    const email = newEmail()
    let key = ''
    let codes: string[] = []
    before(async () => {
      browser = await textBrowser(program, `${server.url}/sign-up`)
    })
    after(() => browser.end())

    test('signs up', async () => {
      await browser.sees('Create your account')
      await browser.fill('Email', email)
      await browser.fill('Password', PASSWORD)
      await browser.press('Create account')
      await browser.sees(`Signed in as ${email}`)
    })

    test('cancels the set-up at either step, and nothing is on', async () => {
      await browser.press('Settings')
      await browser.sees(OFF)
      await confirm(browser, SET_UP)
      await browser.sees(STEP_ONE)
      await browser.press('Cancel')
      await browser.sees(OFF)

      await confirm(browser, SET_UP)
      key = keyOn(await browser.sees(STEP_ONE))
      await browser.fill('Code', codeOf(key, new Date()))
      await browser.press('Next')
      await browser.sees(STEP_TWO)
      await browser.tick("I've saved the data")
      await browser.press('Cancel')
      await browser.sees(OFF)
    })

    test('sets the second factor up', async () => {
      await confirm(browser, SET_UP)
      key = keyOn(await browser.sees(STEP_ONE))
      await browser.fill('Code', codeOf(key, new Date()))
      await browser.press('Next')
      codes = readCodes(await browser.sees(STEP_TWO))
      assert.equal(codes.length, 12)
      await browser.tick("I've saved the data")
      await browser.press('Done')
      await browser.sees(ON)
    })

    test('signs in with the code, and Cancel there is no try', async () => {
      await browser.press('Sign out')
      await browser.sees('Forgot your password?')
      await browser.fill('Email', email)
      await browser.fill('Password', PASSWORD)
      await browser.press('Sign in')
      await browser.sees('Enter the six digits')
      await browser.press('Cancel')
      await browser.sees('Forgot your password?')

      await browser.fill('Email', email)
      await browser.fill('Password', PASSWORD)
      await browser.press('Sign in')
      await browser.sees('Enter the six digits')
      await browser.tick("Don't ask on this browser for 30 days")
      await browser.fill('Code', codeOf(key, new Date(), 1))
      await browser.press('Verify')
      await browser.sees(`Signed in as ${email}`)
    })

    test('views the recovery codes', async () => {
      await browser.press('Settings')
      await browser.sees(ON)
      await confirm(browser, VIEW)
      assert.deepEqual(readCodes(await browser.sees('Each code opens your account once')), codes)
    })

    test('turns it off, but not by Cancel', async () => {
      await browser.press('Close')
      await browser.sees(ON)
      await browser.press(DISABLE, LINK_BESIDE_BUTTON)
      await browser.leaves(ON_ACCOUNT)
      await browser.fill('Password', PASSWORD)
      await browser.press('Cancel')
      await browser.sees(ON)
      await confirm(browser, DISABLE)
      await browser.sees(OFF)
    })
  })
