import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { bundle } from './build.ts'

test('a built program has beside it what it reads later, so that nobody waits until it is made', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-built-'))
  try {
    await bundle('app/process/server.ts', join(folder, 'server.js'))
    assert.deepEqual(readdirSync(folder).sort(), [
      ...['guesses-thread.js', 'hash-thread.js', 'known-passwords.txt', 'openid-library.js'],
      'server.js',
    ])
  } finally {
    rmSync(folder, { recursive: true })
  }
})
