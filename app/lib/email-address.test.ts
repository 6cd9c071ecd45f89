import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readableEmail, readEmailAddress } from './email-address.ts'

const stored = (typed: string) => {
  const read = readEmailAddress(typed)
  return read.ok ? read.email : read.reason
}

describe('one form is stored', () => {
  test('an internationalized domain is the same address in its own letters and in ASCII', () => {
    for (const typed of [
      'ada@müller.example',
      'ADA@MÜLLER.EXAMPLE',
      'ada@mu\u0308ller.example',
      'ada@xn--mller-kva.example',
      'Ada@XN--MLLER-KVA.Example',
      ' ada@müller。example\n',
    ])
      assert.equal(stored(typed), 'ada@xn--mller-kva.example', JSON.stringify(typed))
    assert.equal(stored('ada@пример.рф'), 'ada@xn--e1afmkfd.xn--p1ai')
    assert.equal(stored('ada@xn--e1afmkfd.xn--p1ai'), 'ada@xn--e1afmkfd.xn--p1ai')
    assert.equal(stored('ada@faß.example'), 'ada@xn--fa-hia.example', 'ß is not ss')
  })

  test('marks that nobody sees are taken out, wherever they stand', () => {
    for (const mark of [
      '\ufeff',
      '\u200b',
      '\u200c',
      '\u200d',
      '\u200e',
      '\u202e',
      '\u2060',
      '\u00ad',
      '\u2066',
      '\ufe0f',
    ])
      for (const typed of [`${mark}ada@example.com`, `a${mark}da@example.com`, `ada${mark}@exam${mark}ple.com${mark}`])
        assert.equal(stored(typed), 'ada@example.com', JSON.stringify(typed))
    assert.equal(stored('\ufeff ada@example.com\u200b \u2069'), 'ada@example.com')
  })

  test('a joiner stays where the domain means it', () => {
    assert.equal(stored('ada@نامه\u200cای.com'), 'ada@xn--mgba3gch31f060k.com')
    assert.equal(stored('ada@نامهای.com'), 'ada@xn--mgba3gch31f.com')
  })

  test('an address that was taken before is stored as it was', () => {
    for (const email of [
      'ada@example.com',
      'ada+shop@example.co.uk',
      "o'neil@example.com",
      'a_b-c.d@sub.example.com',
      'ada@xn--mller-kva.example',
      'ada@xn--a.example',
      'ada@r3---sn.example',
      'ada@a-.example',
    ])
      assert.equal(stored(email), email)
  })
})

describe('which addresses are taken', () => {
  test('all local parts that browsers and RFC 5321 allow', () => {
    for (const local of [
      'r&d',
      "o'neil",
      'a+b',
      'a.b',
      '!#$%&',
      "'*+/=?^_`{|}~-",
      '{x}',
      'x-',
      '-x',
      "a'",
      '1',
      '%',
      'a/b',
      'a=b',
    ])
      assert.equal(stored(`${local}@example.com`), `${local}@example.com`)
    for (const letter of "abc0189.!#$%&'*+/=?^_`{|}~-")
      assert.equal(stored(`x${letter}y@example.com`), `x${letter}y@example.com`)
  })

  test('none that a mail server reads as more than one mailbox, or as none', () => {
    const none = [
      '',
      'ada',
      '@example.com',
      'ada@',
      'ada@localhost',
      '.ada@example.com',
      'ada.@example.com',
      'a..da@example.com',
      'ada@@example.com',
      'ada@eve@example.com',
      'a da@example.com',
      'ada@exam ple.com',
      'ada,eve@example.com',
      'ada;eve@example.com',
      '<ada@example.com>',
      'Ada <ada@example.com>',
      '"a b"@example.com',
      'ada(x)@example.com',
      'ada:@example.com',
      'a\\b@example.com',
      'ada[x]@example.com',
      'ada@[192.0.2.1]',
      'ada@192.0.2.1',
      'ada@0x7f.1',
      'ada@example.com:25',
      'ada@example.com/x',
      'ada@example.com?x',
      'ada@example.com#x',
      'ada@ex%61mple.com',
      'ada@example.com\r\nBcc: eve@example.com',
      'ada\r\n@example.com',
      'ada\0@example.com',
      'ada@example\u2028.com',
      'ada@example.com\u0085x.com',
      'ada@ex\uff20mple.com',
      'ada@ex\uff0fample.com',
      'ada@\u2100.com',
      'ada@example.com>',
      'ada@-example.com',
      'ada@example..com',
      'ada@.example.com',
      'ada@example.c',
      'ada@\ud800.com',
    ]
    for (const typed of none) assert.equal(stored(typed), 'no_address', JSON.stringify(typed))
  })

  test('letters other than a to z before the @ are refused for that reason, look-alikes among them', () => {
    for (const local of ['müller', 'аda', '\u212aate', 'ad\u0131', '\uff41da', '🔑', 'ada\ud800', '用户'])
      assert.equal(stored(`${local}@example.com`), 'other_letters', local)
  })

  test('254 characters as stored, and none more', () => {
    const domain = `${'a'.repeat(40)}.example`
    const most = `${'x'.repeat(254 - domain.length - 1)}@${domain}`
    assert.equal(stored(most), most)
    assert.equal(stored(`x${most}`), 'too_long')
    assert.equal(stored(`${'ü'.repeat(100)}@example.com`), 'other_letters')
    assert.equal(stored(`ada@${'ü1'.repeat(300)}.example`), 'too_long')
  })

  test('a text of megabytes costs nothing to refuse', () => {
    const started = performance.now()
    for (const part of ['a', 'a.', '\u200b', 'ü', '@', ' ', 'xn--'])
      assert.equal(stored(part.repeat(2_000_000)), 'too_long')
    for (const part of ['a', 'a.', '\u200b', 'ü', '@', ' ', 'xn--a.']) stored(`a@${part.repeat(160)}!`)
    assert.ok(performance.now() - started < 1000, 'it took a second')
  })
})

describe('the readable one is shown', () => {
  const shown = (domain: string) => readableEmail(stored(`ada@${domain}`)).slice('ada@'.length)

  test('a domain of one script in its own letters, and beside an ending in ours where none look alike', () => {
    for (const domain of [
      'example.com',
      'müller.example',
      'faß.example',
      'straße.köln',
      'việt.example',
      'пример.рф',
      'δοκιμή.ελ',
      '例え.テスト',
      '例え.jp',
      '한국.com',
      '例子.中国',
      'מבחן.example',
      'نامهای.com',
      'ทดสอบ.com',
      'परीक्षा.भारत',
      'mail.müller.example',
    ])
      assert.equal(shown(domain), domain)
  })

  test('a domain that could be taken for another stays in ASCII', () => {
    for (const domain of [
      'аpple.com', // Cyrillic a in Latin
      'аррӏе.com', // all Cyrillic
      'раураl.com',
      'пример.com',
      'ελλάδα.com',
      'gοοgle.com', // Greek o
      'ɑpple.com', // phonetic a
      'exampleノlogin.com', // looks like a path
      'نامه\u200cای.com', // an invisible joiner sets it apart from another
      '日本sony.com',
      'müller.рф',
      'ꭰpple.com', // Cherokee
    ]) {
      const is = shown(domain)
      assert.match(is, /^[a-z0-9.-]+$/, `${domain} is shown as ${is}`)
      assert.match(is, /xn--/)
    }
  })

  test('a name that is no internationalized one stays as it is', () => {
    for (const email of ['ada@xn--a.example', 'ada@xn--a-.example', 'xn--mller-kva@example.com', 'no address', ''])
      assert.equal(readableEmail(email), email)
  })
})
