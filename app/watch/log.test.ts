import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { DrizzleQueryError } from 'drizzle-orm'
import { keptLog } from '#testing/log.ts'
import { describeFault } from './fault.ts'

const EVENT = {
  accountId: 7,
  kind: 'password_wrong',
  address: '192.0.2.1',
  browser: 'Firefox',
  system: 'Linux',
  method: null,
}
const SECRET = 'violet kettle marches north'

describe('a line', () => {
  test('tells of a security event what the person can read as well', () => {
    const { log, lines } = keptLog()
    log.event({ ...EVENT, kind: 'signed_in', method: 'authenticator' })
    const [{ time, ...line } = {}] = lines()
    assert.match(String(time), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
    assert.deepEqual(line, {
      level: 'info',
      msg: 'security_event',
      kind: 'signed_in',
      account: 7,
      address: '192.0.2.1',
      browser: 'Firefox',
      system: 'Linux',
      method: 'authenticator',
    })
  })

  test('of a wrong password or code is a warning', () => {
    const { log, lines } = keptLog()
    for (const kind of ['password_wrong', 'code_wrong']) log.event({ ...EVENT, kind })
    assert.deepEqual(
      lines().map(({ level }) => level),
      ['warn', 'warn'],
    )
  })

  test('has the listed fields alone, whatever is handed over', () => {
    const { log, text } = keptLog()
    log.event({ ...EVENT, password: SECRET, at: SECRET } as never)
    log.refused({ reason: 'wait', door: 'api', address: '192.0.2.1', email: SECRET } as never)
    log.request({
      method: 'GET',
      route: '/',
      status: 200,
      ms: 1,
      headers: { cookie: SECRET },
      password: SECRET,
    } as never)
    assert.ok(!text().includes(SECRET))
    assert.equal(text().split('\n').length, 4)
  })

  test('stays one line of harmless text, whatever the address and the browser are called (A63)', () => {
    const { log, lines, text } = keptLog()
    const hostile = 'x\n{"level":"info","msg":"security_event"}\r\u001b[31m\u0085\u009b2J\u2028\u202e\u0000\ud800"\\'
    log.event({ ...EVENT, address: hostile, browser: hostile })
    log.refused({ reason: 'wait', door: 'browser', address: hostile })
    assert.equal(text().split('\n').length, 3)
    assert.doesNotMatch(text().replaceAll('\n', ''), /[\p{C}\p{Zl}\p{Zp}]/u)
    assert.match(String(lines()[0]?.browser), /^x\\u\{a\}\{"level"/)
  })

  test('does not grow with what stands in it', () => {
    const { log, text } = keptLog()
    log.event({ ...EVENT, browser: 'a'.repeat(100_000) })
    assert.ok(text().length < 1000)
  })

  test('is not written below the level that was asked for', () => {
    const quiet = keptLog('warn')
    quiet.log.started('http://localhost:3000', 3000)
    quiet.log.event(EVENT)
    assert.deepEqual(
      quiet.lines().map(({ msg }) => msg),
      ['security_event'],
    )
    const silent = keptLog('silent')
    silent.log.fault(new Error('x'))
    assert.equal(silent.text(), '')
    assert.deepEqual([quiet.log.tellsRequests, keptLog().log.tellsRequests], [false, true])
  })
})

describe('of a fault there is told', () => {
  test('its class and place, and nothing of its message, which may quote what was typed', () => {
    const { class: name, stack } = describeFault(new TypeError(`${SECRET} is not valid JSON`))
    assert.equal(name, 'TypeError')
    assert.match(stack?.[0] ?? '', /^at .*log\.test\.ts:\d+:\d+\)?$/)
  })

  test('the statement without its values, and what lies beneath by class and code', () => {
    const beneath = Object.assign(new RangeError(SECRET), { code: 'SQLITE_CONSTRAINT_UNIQUE', detail: SECRET })
    const fault = describeFault(new DrizzleQueryError('insert into "x" values (?)', [SECRET], beneath))
    assert.equal(fault.class, 'DrizzleQueryError')
    assert.equal(fault.query, 'insert into "x" values (?)')
    assert.equal(fault.cause, 'RangeError SQLITE_CONSTRAINT_UNIQUE')
    assert.ok(!JSON.stringify(fault).includes(SECRET))
  })

  test('nothing that only looks like a place, a code or a statement', () => {
    const lookalike = new Error(`x\n    at ${SECRET} (file:///a.ts:1:1)`)
    const changed = new Error(`${SECRET}\n    at ${SECRET}:1:1`)
    assert.ok(changed.stack) // made when it is first read
    changed.message = 'another'
    const told = [
      lookalike,
      changed,
      Object.assign(new Error('x'), { code: SECRET, query: SECRET, params: [SECRET], name: SECRET }),
      SECRET,
      { message: SECRET },
      null,
    ].map(describeFault)
    assert.ok(!JSON.stringify(told).includes(SECRET), JSON.stringify(told))
    assert.ok((told[0]?.stack?.length ?? 0) > 0)
    assert.equal(told[1]?.stack, undefined)
  })
})
