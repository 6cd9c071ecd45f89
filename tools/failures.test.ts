import assert from 'node:assert/strict'
import { test } from 'node:test'
import { failuresOfNode, failuresOfPlaywright } from './failures.ts'

test('every failure a run of node told is found, with its name and its error, and nothing else is', () => {
  const report = [
    '✔ a good one (1.2ms)',
    '✖ a bad one (3.4ms)',
    'ℹ fail 2',
    '',
    '✖ failing tests:',
    '',
    'test at app/a.test.ts:1:2',
    '✖ a bad one (3.4ms)',
    '  AssertionError [ERR_ASSERTION]: one is not two',
    '',
    'test at app/b.test.ts:3:4',
    '✖ another (1ms)',
    `  ${'long '.repeat(500)}`,
  ].join('\n')
  const [first, second, ...others] = failuresOfNode(report)
  assert.equal(
    first,
    'test at app/a.test.ts:1:2\n✖ a bad one (3.4ms)\n  AssertionError [ERR_ASSERTION]: one is not two',
  )
  assert.match(second ?? '', /^test at app\/b\.test\.ts:3:4\n✖ another/)
  assert.ok((second ?? '').length < 700, 'a line without end is cut')
  assert.deepEqual(others, [])
  assert.deepEqual(failuresOfNode('✔ a good one (1.2ms)\nℹ fail 0\n'), [])
})

test('every failure of the browser suite is found in its project, a flaky one and one outside of any test too', () => {
  const tried = (projectName: string, status: string, message?: string) => ({
    projectName,
    status,
    results: [{ errors: message ? [{ message }] : [] }],
  })
  const report = {
    stats: { expected: 1, flaky: 1, unexpected: 1 },
    errors: [{ message: 'the server did not start' }],
    suites: [
      {
        suites: [
          {
            specs: [
              {
                title: 'a page opens',
                file: 'a.spec.ts',
                line: 7,
                ok: false,
                tests: [tried('chromium', 'expected'), tried('phone', 'unexpected', 'too wide')],
              },
            ],
          },
        ],
        specs: [
          { title: 'now and then', file: 'a.spec.ts', line: 9, ok: true, tests: [tried('phone', 'flaky', 'late')] },
        ],
      },
    ],
  }
  assert.deepEqual(failuresOfPlaywright(report), [
    '[phone] a.spec.ts:9 › now and then (flaky)\nlate',
    '[phone] a.spec.ts:7 › a page opens (unexpected)\ntoo wide',
    'the server did not start',
  ])
})
