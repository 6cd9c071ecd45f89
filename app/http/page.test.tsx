import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createContext, useContext } from 'hono/jsx'
import './page.tsx'

test('no page makes Node follow the promises of the process', async (t) => {
  const told = createContext('nothing')
  const Late = async () => {
    await null
    return <>{useContext(told)}</>
  }
  const warned = t.mock.method(console, 'warn', () => {})
  const html = await (<told.Provider value="something">{<Late />}</told.Provider>).toString()
  assert.equal(String(html), 'nothing', 'what waits is followed')
  assert.equal(warned.mock.callCount(), 1)
})
