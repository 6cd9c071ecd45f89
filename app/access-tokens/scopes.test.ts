import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { scopeField } from '#views/access-tokens/scopes.ts'
import { ALL_SCOPES, API_METHODS, allows, METHOD_SCOPES, SCOPES } from './scopes.ts'

describe('scopes', () => {
  test('each allows itself and no other scope', () => {
    for (const one of SCOPES) for (const other of SCOPES) assert.equal(allows([one], other), one === other)
  })

  test('a scope allows the methods that belong to it, and a method neither its scope nor another method', () => {
    for (const method of API_METHODS) {
      for (const scope of SCOPES) {
        assert.equal(allows([scope], method), METHOD_SCOPES[method] === scope)
        assert.ok(!allows([method], scope))
      }
      for (const other of API_METHODS) assert.equal(allows([method], other), method === other)
    }
  })

  test('none allows anything where there is none', () => {
    for (const scope of ALL_SCOPES) assert.ok(!allows([], scope))
  })

  test('none speaks of passwords, the second factor, codes or tokens (A65)', () => {
    for (const scope of ALL_SCOPES) assert.doesNotMatch(scope, /password|2fa|factor|code|token|signin/)
  })

  test('each has a field of its own on the page', () => {
    assert.equal(new Set(ALL_SCOPES.map(scopeField)).size, ALL_SCOPES.length)
  })
})
