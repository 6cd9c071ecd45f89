import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { AssetsContext } from './document.tsx'
import { Settings } from './layouts.tsx'
import { once } from './once.ts'

const NAMES = {
  stylesheet: '/assets/a.css',
  script: '/assets/a.js',
  passkeyScript: '/assets/p.js',
  icon: '/favicon.svg',
}

const page = (issuer: string, current: 'account' | 'tokens' = 'account') =>
  String(
    <AssetsContext.Provider value={{ ...NAMES, issuer }}>
      <Settings
        visitor={{ account: { email: 'ada@example.com', role: 'member', recoveryOpensAt: null } }}
        title="Account"
        current={current}
      >
        <p>Hello</p>
      </Settings>
    </AssetsContext.Provider>,
  )

describe('what is the same on every page', () => {
  test('is rendered at its first use, and never again', () => {
    let times = 0
    const part = () => <b>{String(++times)}</b>
    assert.equal(String(once('the part of this test', part)), '<b>1</b>')
    assert.equal(String(once('the part of this test', part)), '<b>1</b>')
    assert.equal(times, 1)
  })

  test('is each site’s own: name, assets and the tab that is open', () => {
    const [ours, theirs, tokens] = [page('Latchkey'), page('A <b> & C'), page('Latchkey', 'tokens')]
    assert.equal(page('Latchkey'), ours)
    assert.match(ours, /<\/svg>Latchkey<\/a>/)
    assert.match(theirs, /<\/svg>A &lt;b&gt; &amp; C<\/a>/)
    assert.match(ours, /<a href="\/settings\/account" aria-current="page">/)
    assert.match(tokens, /<a href="\/settings\/tokens" aria-current="page">/)
    for (const html of [ours, theirs]) assert.match(html, /<link rel="stylesheet" href="\/assets\/a.css"\/?>/)
  })
})
