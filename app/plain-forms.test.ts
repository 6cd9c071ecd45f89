import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { joining, withApp } from '#testing/gate.ts'
import {
  accountOf,
  adding,
  type Browser,
  enrolling,
  latchkey,
  mailTo,
  newEmail,
  operator,
  owingCode,
  PASSWORD,
  pageOf,
  pathIn,
  queuedFor,
  replacing,
  resetLink,
  signedInBrowser,
  signedUp,
  TOKENS_PAGE,
  tokenFields,
  viewingCodes,
  withAnother,
  withToken,
  withTwoFactor,
} from '#testing/index.ts'
import { faultsOfForms } from '#testing/plain-forms.ts'
import { nonceFor } from './gate/hand-over.ts'
import { writeRecoveryMails } from './mail/recovery-mails.ts'

const product = await latchkey()
const mailing = await latchkey({ smtpUrl: 'smtp://127.0.0.1:1' })
after(() => Promise.all([product.close(), mailing.close()]))

const TWO_FACTOR = '/settings/two-factor'
const WRONG = { password: 'not that one at all' }

const NEW_CLIENT = {
  ...{ title: '', groups: '', level: 'second_factor', maxAge: '', signedOut: '', backchannel: '', reason: '' },
  ...{ auth: 'client_secret', jwks: '', jwksUri: '', alg: 'RS256', claims: '', needsPkce: 'yes' },
}

/** Every page that the walk passed, in every state: where it was, and what was on it. */
const met: { path: string; status: number; html: string }[] = []

/** The same browser, whose pages are kept. */
function watched({ get, post, ...browser }: Browser): Browser {
  const keep = async (path: string, answering: ReturnType<Browser['get']>) => {
    const answer = await answering
    const isPage = answer.headers.get('Content-Type')?.startsWith('text/html')
    if (isPage) met.push({ path: path.split('?')[0] ?? '', status: answer.status, html: answer.html })
    return answer
  }
  return {
    ...browser,
    get: (path, ...rest) => keep(path, get(path, ...rest)),
    post: (path, ...rest) => keep(path, post(path, ...rest)),
  }
}

async function look(browser: Browser, paths: string[]) {
  for (const path of paths) {
    const { status } = await browser.get(path)
    assert.equal(status, 200, path)
  }
}

async function strangers() {
  const browser = watched(product.browser())
  await look(browser, ['/sign-up', '/sign-up/sent', '/sign-in', '/reset-password', '/reset-password/sent', '/api/docs'])
  for (const path of ['/sign-up', '/sign-in', '/reset-password']) await browser.post(path, { email: 'ada', ...WRONG })
  await browser.get('/nowhere')
  await browser.get('/mail/not-me')
}

async function withPasswordAlone() {
  const { browser: own, email } = await signedUp(product)
  const browser = watched(own)
  await signedInBrowser(product, email)
  await look(browser, ['/', '/settings/account', '/settings/activity', '/settings/password', '/settings/email'])
  await look(browser, ['/settings/name', '/settings/username'])
  await browser.post('/settings/name', { name: 'x'.repeat(65) })
  await browser.post('/settings/username', { username: 'admin', password: '' })
  await look(browser, [
    '/settings/check-up',
    '/settings/email/change',
    '/settings/sessions',
    '/settings/apps',
    '/settings/sessions/everything',
  ])
  await browser.post('/settings/password', { current: 'x', new: 'x' })
  await browser.post('/settings/account/data', WRONG)
  await look(browser, ['/settings/account/delete'])
  await browser.post('/settings/account/delete', WRONG)
  await browser.post('/settings/email/change', { email: 'ada', ...WRONG })
  await look(browser, [TOKENS_PAGE, `${TOKENS_PAGE}/generate`, `${TOKENS_PAGE}/value`])
  await browser.post(`${TOKENS_PAGE}/generate`, {})
  await browser.post(`${TOKENS_PAGE}/generate`, tokenFields(product))
  await browser.post(`${TOKENS_PAGE}/generate/confirm`, { ...tokenFields(product), ...WRONG })
  const { id } = await withToken(product, browser)
  await look(browser, [TOKENS_PAGE, `${TOKENS_PAGE}/${id}/edit`, `${TOKENS_PAGE}/${id}/regenerate`])
  await look(browser, [`${TOKENS_PAGE}/remove?ids=${id}`])
  await browser.post(TOKENS_PAGE, {})
  await look(browser, [`${TWO_FACTOR}/set-up/confirm`])
  await browser.post(`${TWO_FACTOR}/set-up/confirm`, WRONG)
  const { enrolment } = await enrolling(product, browser)
  await browser.post(`${TWO_FACTOR}/set-up`, { enrolment, code: '0' })
  await browser.post(`${TWO_FACTOR}/set-up/recovery-codes`, { enrolment })
  await look(browser, [`${TWO_FACTOR}/set-up/recovery-codes/print`])
}

async function withBoth() {
  const { browser: own, email, codes } = await withTwoFactor(product)
  const browser = watched(own)
  const another = await withAnother(product, browser)
  const list = `${TWO_FACTOR}/authenticators`
  const paths = ['/', '/settings/account', `${TWO_FACTOR}/recovery-codes/confirm`, `${TWO_FACTOR}/disable`, list]
  await look(browser, [...paths, `${TWO_FACTOR}/add/confirm`, `${list}/${another.id}/rename`])
  await look(browser, [`${list}/${another.id}/remove`, `${TWO_FACTOR}/replace/move`])
  await look(browser, [`${TWO_FACTOR}/replace/confirm?authenticator=${another.id}`])
  await look(browser, ['/settings/account/data', '/settings/check-up', '/settings/check-up/code'])
  await browser.post('/settings/check-up/code', { code: 'x' })
  await browser.post(`${TWO_FACTOR}/disable`, WRONG)
  await look(browser, [`${TWO_FACTOR}/fresh-proof`, `${TWO_FACTOR}/fresh-proof?return_to=%2Fsettings`])
  await browser.post(`${TWO_FACTOR}/fresh-proof`, { code: '000000' })
  await viewingCodes(browser)
  await look(browser, [`${TWO_FACTOR}/recovery-codes/print`, `${TWO_FACTOR}/recovery-codes/regenerate`])
  await adding(browser)
  await replacing(browser, another.id)
  for (const trust of [{}, { trust: 'yes' }]) {
    const coming = watched(await owingCode(product, email))
    await look(coming, ['/sign-in/two-factor', '/sign-in/two-factor?return_to=%2Fsettings'])
    await look(coming, ['/sign-in/two-factor/rescue', '/sign-in/two-factor/lost-everything'])
    await coming.post('/sign-in/two-factor/lost-everything', WRONG)
    await coming.post('/sign-in/two-factor', { code: '000000', ...trust })
    await coming.post('/sign-in/two-factor', { code: codes.pop() ?? '', ...trust })
  }
  await look(browser, ['/settings/sessions'])
  await browser.post(`${list}/${another.id}/remove`, { password: PASSWORD })
  const [last] = /authenticators\/[\w-]+\/remove/.exec((await browser.get(list)).html) ?? []
  await look(browser, [`${TWO_FACTOR}/${last}`])
}

async function operating() {
  const browser = watched((await operator(product)).browser)
  const { username } = await accountOf(product, (await signedUp(product)).email)
  const account = `/operate/accounts/${username}`
  await browser.post('/operate/groups', { name: 'family' })
  await browser.post('/operate/groups/family', { account: username, until: '' })
  await look(browser, ['/operate/accounts', account, `${account}/suspend`, `${account}/resume`, '/operate/groups'])
  await look(browser, ['/operate/groups/family', `/operate/groups/family/remove?account=${username}`])
  await look(browser, ['/operate/groups/family/delete', '/operate/invitations', '/operate/invitations/new'])
  await look(browser, ['/operate/policy', '/operate/log', '/operate/apps/new'])
  const fields = { title: '', groups: '', level: 'password', maxAge: '', paths: '', networks: '', reason: '' }
  for (const hosts of ['*', 'forms.example.test'])
    await browser.post('/operate/apps/new', { name: 'forms', hosts, ...fields })
  const app = '/operate/apps/named/forms'
  await look(browser, ['/operate/apps', app, `${app}/change`, `${app}/delete`])
  await look(browser, ['/operate/clients', '/operate/clients/new'])
  const sent = { name: 'forms-client', redirects: 'https://forms.example.net/back', ...NEW_CLIENT }
  for (const redirects of ['', sent.redirects]) await browser.post('/operate/clients/new', { ...sent, redirects })
  const client = '/operate/clients/named/forms-client'
  await look(browser, [`${client}/secret`, `${client}/secret`])
  for (const keep of ['never', '1h']) await browser.post(`${client}/rotate`, { reason: 'A leak', keep })
  await look(browser, [`${client}/end`])
  await look(browser, [client, `${client}/change`, `${client}/rotate`, `${client}/remove`])
  await browser.post(`${account}/suspend`, { reason: '' })
  await look(browser, [`${account}/delete`])
  await browser.post(`${account}/delete`, { reason: 'Left', email: 'nobody' })
  await browser.post('/operate/policy', { group: 'nobody', level: 'required', from: '', reason: '' })
  await browser.get('/operate/log?kind=sneezed')
}

async function atTheGate() {
  const { browser: own, email } = await signedUp(product)
  const browser = watched(own)
  const app = await withApp(product)
  const entrance = (host: string) =>
    `/gate/enter?to=${encodeURIComponent(`https://${host}/`)}&n=${nonceFor(undefined).nonceHash}`
  await browser.get(entrance(app.host)) // in none of its groups
  await browser.get(entrance('nowhere.example.test'))
  await joining(product, email, app.group)
  await look(browser, [entrance(app.host)])
  await look(browser, ['/gate/sign-out', '/settings/password/again?return_to=%2Fsettings'])
  await browser.post('/settings/password/again', WRONG)
  const { host } = await withApp(product, { level: 'second_factor', groups: [app.group] })
  await browser.get(entrance(host))
}

async function losingEverything() {
  const { browser, email } = await withTwoFactor(product)
  const coming = watched(await owingCode(product, email))
  const lost = '/sign-in/two-factor/lost-everything'
  await coming.post(lost, { password: PASSWORD })
  await look(coming, [`${lost}/sent`])
  for (const [subject, done] of [
    [/^Did you lose/, 'begun'],
    [/^Someone waits/, 'stopped'],
  ] as const) {
    const { path } = await mailTo(product, email, subject)
    const reader = watched(product.browser())
    await reader.get(path)
    await look(reader, [pageOf(path)])
    await reader.post(pageOf(path))
    await look(reader, [`${pageOf(path)}/${done}`])
    await writeRecoveryMails(product.deps)
    if (done === 'begun') await look(watched(browser), ['/']) // with the warning
  }
}

async function behindMails() {
  const email = newEmail()
  await mailing.browser().post('/sign-up', { email, password: PASSWORD })
  const browser = watched(await signedInBrowser(mailing, email))
  const follow = async (path: string) => {
    await browser.get(path)
    await look(browser, [pageOf(path)])
  }
  await look(browser, ['/', '/settings/email'])
  await follow((await mailTo(mailing, email, /^Confirm your e/)).path)
  await browser.post('/mail/confirm-email')
  await browser.post('/settings/email/change', { email: `new.${email}`, password: PASSWORD })
  await follow((await mailTo(mailing, `new.${email}`, /./)).path)
  await follow(await resetLink(mailing, email))
  await withToken(mailing, browser)
  const token = (await queuedFor(mailing, email)).findLast(({ subject }) => subject.startsWith('An access token'))
  const path = token ? pathIn(token) : ''
  await follow(path)
  await browser.post(pageOf(path))
  await look(browser, ['/mail/not-me/done'])
  const owner = watched(mailing.browser()) // which ends the old password
  await owner.get(await resetLink(mailing, email))
  await owner.post('/mail/reset-password', { password: 'eleven sardines hum quietly' })
  const back = watched(await signedInBrowser(mailing, email, 'eleven sardines hum quietly'))
  await look(back, [TOKENS_PAGE])
  await back.post('/settings/account/delete', { password: 'eleven sardines hum quietly' })
  await back.get((await mailTo(mailing, email, /will be deleted$/)).path)
  await look(back, ['/mail/keep-account'])
}

before(async () => {
  await strangers()
  await withPasswordAlone()
  await withBoth()
  await operating()
  await atTheGate()
  await losingEverything()
  await behindMails()
})

/** Paths that answer a GET with a file, or lead elsewhere; those of OpenID Connect need a socket (openid/pages.test.ts). */
const NO_PAGES =
  /^\/(oauth|\.well-known)\/|^\/(api\/(v1|openapi)|assets|favicon|healthz|readyz)|^\/sign-in\/passkey$|^\/settings(\/tokens\/(release|generate\/(confirm|back))|\/sessions\/(others|trusted.*))?$|\/download$|^\/operate(\/invitations\/:id\/revoke|\/log\/export\/:format)?$/

describe('every page', () => {
  test('is walked through', () => {
    const routes = product.app.routes.filter(({ method, path }) => method === 'GET' && !NO_PAGES.test(path))
    const isMet = (route: string) => {
      const pattern = new RegExp(`^${route.replaceAll(/:\w+/g, '[^/]+')}$`)
      return met.some(({ path, status }) => status === 200 && pattern.test(path))
    }
    assert.deepEqual(
      [...new Set(routes.map(({ path }) => path))].filter((path) => !isMet(path)),
      [],
    )
    assert.ok(met.filter(({ html }) => html.includes('<dialog popover')).length > 5, 'pop-ups are among them')
  })

  test('has forms of one button and a field each, so that text browsers send what is meant', () => {
    const faults = met.flatMap(({ path, html }) => faultsOfForms(html).map((fault) => `${path}: ${fault}`))
    assert.deepEqual([...new Set(faults)], [])
  })
})

describe('a form is told to be at fault', () => {
  const button = '<button type="submit">Done</button>'
  const field = '<input type="hidden" name="pressed" value="yes">'
  const form = (inside: string, how = 'method="post" action="/x"') => `<form ${how}>${inside}</form>`
  const cases: [string, string, RegExp?][] = [
    ['by nothing, when it has a button and a field', form(field + button)],
    [
      'when a second button leads elsewhere',
      form(`${field}${button}<button type="submit" formaction="/y">Cancel</button>`),
      /leads elsewhere/,
    ],
    ['when it has two buttons', form(field + button + button), /2 buttons/],
    ['when it has a button for the script', form(`${field}${button}<button type="button">Show</button>`), /2 buttons/],
    ['when it has an image for a button', form(`${field}<input type="image" name="a">${button}`), /2 buttons/],
    ['when it has none', form(field), /0 buttons/],
    ['when it has no field', form(button), /without a field/],
    ['when its field has no name', form(`<input type="text" value="ada">${button}`), /without a field/],
    ['when its field may stay unticked', form(`<input type="checkbox" name="saved">${button}`), /without a field/],
    ['when its button has a name', form(`${field}<button type="submit" name="id" value="1">Go</button>`), /has a name/],
    ['when it asks instead of posting', form(field + button, 'action="/x"'), /neither posts/],
    ['when it asks, and is no search', form(field + button, 'method="get" action="/x"'), /neither posts/],
    ['by nothing, when it is a search', `<search>${form(field + button, 'method="get" action="/x"')}</search>`],
    ['when it is inside another', form(field + form(field + button) + button), /inside/],
    ['when its button is outside', `${form(field + button)}${button}`, /belongs to no form/],
    ['when its field is outside', `${form(field + button)}${field}`, /belongs to no form/],
  ]
  for (const [what, html, fault] of cases)
    test(what, () => {
      const faults = faultsOfForms(html).join('\n')
      if (fault) assert.match(faults, fault)
      else assert.equal(faults, '')
    })
})
