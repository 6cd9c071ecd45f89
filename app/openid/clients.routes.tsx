import { Hono } from 'hono'
import { compress } from 'hono/compress'
import { z } from 'zod'
import { ChangePage } from '#views/operators/change-page.tsx'
import {
  ClientFormPage,
  ClientPage,
  ClientSecretPage,
  ClientsPage,
  KeepField,
} from '#views/operators/clients-pages.tsx'
import type { FormState } from '#views/ui/types.ts'
import { words } from '#views/words/words.ts'
import type { AppEnv } from '../http/env.ts'
import type { FlashWord } from '../http/flashes.ts'
import { readForm } from '../http/forms.ts'
import { visitorAlone } from '../identity/session.ts'
import { openOnce, type ShownOnceDeps, sealOnce } from '../identity/shown-once.ts'
import type { Network } from '../lib/network.ts'
import { actingAs, neededReasonField, reasonField } from '../operators/fields.http.ts'
import { OPERATE, type OperatorPagesDeps, reachedFrom } from '../operators/operator-pages.http.ts'
import { errorsOf, formOf, linesField, tickedField } from '../operators/written-form.http.ts'
import { takeFlash } from '../pages/flash.ts'
import { type SignedInContext, signedInPages } from '../pages/guards.ts'
import {
  type ClientDeps,
  changeClient,
  clientNamed,
  createClient,
  endOldSecret,
  isSecretOf,
  listClients,
  removeClient,
  rotateSecret,
} from './manage.ts'
import { asWritten, NEW_CLIENT } from './written-client.ts'

const HERE = '/operate/clients'

const Changed = z.object({
  ...{ title: z.string(), groups: linesField(), level: z.string(), maxAge: z.string().trim() },
  ...{ redirects: linesField(), signedOut: linesField(), backchannel: z.string() },
  ...{ auth: z.string(), jwks: z.string(), jwksUri: z.string(), alg: z.string(), claims: linesField() },
  ...{ needsPkce: tickedField(), isThirdParty: tickedField(), isPairwise: tickedField(), isStrict: tickedField() },
  ...{ usesDeviceFlow: tickedField(), reason: reasonField() },
})
const New = Changed.extend({ name: z.string().trim() })

const sentences = () => ({ ...words.gate.apps.wrong, ...words.openid.clients.wrong })

type Deps = ClientDeps & OperatorPagesDeps & ShownOnceDeps & { operatorPages: readonly Network[] }

/** Apps that people sign in to by OpenID Connect, for the people who run the site. */
export const clientsRoutes = (deps: Deps) =>
  new Hono<AppEnv>().use('*', reachedFrom(deps.operatorPages)).route('/', pagesOfClients(deps))

const pagesOfClients = (deps: Deps) =>
  signedInPages(deps, { deed: OPERATE, view: visitorAlone }, (pages) => {
    const write = (c: SignedInContext, name: string | undefined, form: FormState, status: 200 | 422 = 200) =>
      deps.page(c, <ClientFormPage visitor={c.var.visitor} form={form} name={name} />, status)

    /** On to the page that shows it once: it travels sealed in a cookie, which that page takes away. */
    const goAndShow = (c: SignedInContext, name: string, secret: string) => {
      deps.cookies.clientSecret.write(c, sealOnce(deps, 'client-secret-once', c.var.visitor, `${name} ${secret}`))
      return c.redirect(`${HERE}/named/${name}/secret`, 303)
    }

    const asking = (
      c: SignedInContext,
      name: string,
      deed: 'remove' | 'rotate' | 'end',
      form: FormState,
      status: 200 | 422 = 200,
    ) =>
      deps.page(
        c,
        <ChangePage
          visitor={c.var.visitor}
          tab="clients"
          title={words.openid.clients[deed]}
          about={name}
          sentence={words.openid.clients.sentences[deed]}
          action={`${HERE}/named/${name}/${deed}`}
          back={`${HERE}/named/${name}`}
          danger
          form={form}
        >
          {deed === 'rotate' && <KeepField form={form} />}
        </ChangePage>,
        status,
      )

    const done = (c: SignedInContext, flash: FlashWord, to: string) => {
      deps.cookies.flash.leave(c, flash)
      return c.redirect(to, 303)
    }

    pages
      .get('/', compress(), async (c) => {
        const { visitor } = c.var
        const { clients, next } = await listClients(deps, c.req.query('after'))
        const moreHref = next && `${HERE}?${new URLSearchParams({ after: next })}`
        const flash = takeFlash(c, deps.cookies, visitor)
        return deps.page(c, <ClientsPage visitor={visitor} flash={flash} clients={clients} moreHref={moreHref} />)
      })
      .get('/new', compress(), (c) => write(c, undefined, { values: formOf({ ...NEW_CLIENT, name: '' }) }))
      .post('/new', async (c) => {
        const form = await readForm(c, New)
        if (!form.ok) return write(c, undefined, { values: form.values, errors: form.errors }, 422)
        const { reason, ...written } = form.data
        const result = await createClient(deps, written, actingAs(c.var.visitor, c, reason))
        if (!result.ok)
          return write(c, undefined, { values: form.values, errors: errorsOf(result.wrong, sentences()) }, 422)
        const { name } = result.client
        return result.secret === undefined
          ? done(c, 'client_created', `${HERE}/named/${name}`)
          : goAndShow(c, name, result.secret)
      })
      .get('/named/:app', compress(), async (c) => {
        const client = await clientNamed(deps, c.req.param('app'))
        if (!client) return c.notFound()
        const { visitor } = c.var
        const flash = takeFlash(c, deps.cookies, visitor)
        return deps.page(
          c,
          <ClientPage
            visitor={visitor}
            flash={flash}
            client={client}
            written={asWritten(client)}
            issuer={deps.baseUrl}
          />,
        )
      })
      .get('/named/:app/change', compress(), async (c) => {
        const client = await clientNamed(deps, c.req.param('app'))
        return client ? write(c, client.name, { values: formOf(asWritten(client)) }) : c.notFound()
      })
      .post('/named/:app/change', async (c) => {
        const name = c.req.param('app')
        const form = await readForm(c, Changed)
        if (!form.ok) return write(c, name, { values: form.values, errors: form.errors }, 422)
        const { reason, ...change } = form.data
        const result = await changeClient(deps, name, change, actingAs(c.var.visitor, c, reason))
        if (result.ok)
          return result.secret === undefined
            ? done(c, 'client_changed', `${HERE}/named/${name}`)
            : goAndShow(c, name, result.secret)
        if (result.wrong === 'no_such_client') return c.notFound()
        return write(c, name, { values: form.values, errors: errorsOf(result.wrong, sentences()) }, 422)
      })
      .get('/named/:app/rotate', async (c) => {
        const client = await clientNamed(deps, c.req.param('app'))
        return client?.auth === 'client_secret'
          ? asking(c, client.name, 'rotate', { values: { keep: '24h' } })
          : c.notFound()
      })
      .post('/named/:app/rotate', async (c) => {
        const name = c.req.param('app')
        const form = await readForm(c, z.object({ reason: neededReasonField(), keep: z.string().default('') }))
        const { values } = form
        if (!form.ok) return asking(c, name, 'rotate', { values, errors: form.errors }, 422)
        const { reason, keep } = form.data
        const result = await rotateSecret(deps, name, actingAs(c.var.visitor, c, reason), keep)
        if (result.ok) return goAndShow(c, name, result.secret)
        if (result.wrong !== 'no_time') return c.notFound()
        return asking(c, name, 'rotate', { values, errors: { keep: words.openid.clients.noTime } }, 422)
      })
      .get('/named/:app/secret', async (c) => {
        const { visitor } = c.var
        const sealed = deps.cookies.clientSecret.take(c)
        const client = await clientNamed(deps, c.req.param('app'))
        if (client?.auth !== 'client_secret') return c.notFound()
        const [name, secret = ''] = (sealed && openOnce(deps, 'client-secret-once', visitor, sealed))?.split(' ') ?? []
        const isStill = name === client.name && (await isSecretOf(deps, name, secret))
        return deps.page(
          c,
          <ClientSecretPage
            visitor={visitor}
            name={client.name}
            secret={isStill ? secret : undefined}
            previousUntil={client.previousUntil}
            issuer={deps.baseUrl}
          />,
        )
      })
      .get('/named/:app/end', async (c) => {
        const client = await clientNamed(deps, c.req.param('app'))
        return client?.previousUntil ? asking(c, client.name, 'end', {}) : c.notFound()
      })
      .post('/named/:app/end', async (c) => {
        const name = c.req.param('app')
        const form = await readForm(c, z.object({ reason: neededReasonField() }))
        if (!form.ok) return asking(c, name, 'end', { values: form.values, errors: form.errors }, 422)
        const result = await endOldSecret(deps, name, actingAs(c.var.visitor, c, form.data.reason))
        return result.ok || result.wrong === 'has_no_old_secret'
          ? done(c, 'client_old_secret_ended', `${HERE}/named/${name}`)
          : c.notFound()
      })
      .get('/named/:app/remove', async (c) =>
        (await clientNamed(deps, c.req.param('app'))) ? asking(c, c.req.param('app'), 'remove', {}) : c.notFound(),
      )
      .post('/named/:app/remove', async (c) => {
        const name = c.req.param('app')
        const form = await readForm(c, z.object({ reason: neededReasonField() }))
        if (!form.ok) return asking(c, name, 'remove', { values: form.values, errors: form.errors }, 422)
        const result = await removeClient(deps, name, actingAs(c.var.visitor, c, form.data.reason))
        return result.ok ? done(c, 'client_removed', HERE) : c.notFound()
      })
  })
