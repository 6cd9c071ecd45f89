import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { getTableColumns, getTableName } from 'drizzle-orm'
import * as schema from '../schema.ts'
import { GIVEN, NOT_GIVEN } from './personal-data.ts'

const tables = Object.values(schema)
const given = new Map(Object.values(GIVEN).map((part) => [String(getTableName(part.table)), part]))
const isOfAPerson = (table: (typeof tables)[number]) =>
  Object.values(getTableColumns(table)).some(({ name }) => name === 'account_id' || name === 'session_id')

describe('what people download', () => {
  test('has every table that belongs to an account, or there is a reason why not', () => {
    const theirs = tables.filter(isOfAPerson).map((table) => String(getTableName(table)))
    assert.ok(theirs.length > 12, theirs.join(', '))
    const unknown = theirs.filter((name) => !given.has(name) && !NOT_GIVEN[name])
    assert.deepEqual(unknown, [])
    const both = Object.keys(NOT_GIVEN).filter((name) => given.has(name) || !theirs.includes(name))
    assert.deepEqual(both, [], 'a reason is for a table that is there and is not given')
  })

  test('has every column of those tables, or there is a reason why not, and none of a secret', () => {
    for (const [name, { table, given: shown, withheld }] of given) {
      const listed = [...shown, ...Object.keys(withheld)].sort()
      const columns = Object.keys(getTableColumns(table)).filter((column) => column !== 'accountId')
      assert.deepEqual(listed, columns.sort(), name)
      assert.deepEqual(
        [...shown].filter((column) => /hash|secret|sealed|payload/i.test(column)),
        [],
        name,
      )
    }
  })
})
