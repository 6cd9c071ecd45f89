import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readDay } from './day.ts'

test('a day is one that the calendar has, written in full, and begins at midnight in UTC', () => {
  assert.deepEqual(readDay('2028-02-29'), new Date('2028-02-29T00:00:00Z'))
  for (const text of [
    '',
    '2026',
    '2026-12',
    '2026-1-1',
    '2026-02-29',
    '2026-13-01',
    ' 2026-12-31',
    '2026-12-31T00:00:00Z',
  ])
    assert.equal(readDay(text), undefined, text)
})
