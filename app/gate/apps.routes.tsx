import { Hono } from 'hono'
import { compress } from 'hono/compress'
import { z } from 'zod'
import { AppFormPage, AppPage, AppsPage } from '#views/operators/apps-pages.tsx'
import { ChangePage } from '#views/operators/change-page.tsx'
import type { FormState } from '#views/ui/types.ts'
import { words } from '#views/words/words.ts'
import type { AppEnv } from '../http/env.ts'
import type { FlashWord } from '../http/flashes.ts'
import { readForm } from '../http/forms.ts'
import { visitorAlone } from '../identity/session.ts'
import type { Network } from '../lib/network.ts'
import { actingAs, neededReasonField, reasonField } from '../operators/fields.http.ts'
import { OPERATE, type OperatorPagesDeps, reachedFrom } from '../operators/operator-pages.http.ts'
import { errorsOf, formOf, linesField, tickedField } from '../operators/written-form.http.ts'
import { takeFlash } from '../pages/flash.ts'
import { type SignedInContext, signedInPages } from '../pages/guards.ts'
import { type AppDeps, appNamed, changeApp, createApp, deleteApp, listApps } from './apps.ts'
import { asWritten, type Change } from './written-app.ts'

const HERE = '/operate/apps'

const Changed = z.object({
  title: z.string(),
  hosts: linesField(),
  groups: linesField(),
  level: z.string(),
  maxAge: z.string().trim(),
  paths: linesField(),
  networks: linesField(),
  takesTokens: tickedField(),
  tellsIdentity: tickedField(),
  reason: reasonField(),
})
const New = Changed.extend({ name: z.string().trim() })

type Deps = AppDeps & OperatorPagesDeps & { operatorPages: readonly Network[] }

/** Apps behind the gate, for the people who run the site. */
export const appsRoutes = (deps: Deps) =>
  new Hono<AppEnv>().use('*', reachedFrom(deps.operatorPages)).route('/', pagesOfApps(deps))

const pagesOfApps = (deps: Deps) =>
  signedInPages(deps, { deed: OPERATE, view: visitorAlone }, (pages) => {
    const write = (c: SignedInContext, name: string | undefined, form: FormState, status: 200 | 422 = 200) =>
      deps.page(c, <AppFormPage visitor={c.var.visitor} form={form} name={name} />, status)

    const deleting = (c: SignedInContext, name: string, form: FormState, status: 200 | 422 = 200) =>
      deps.page(
        c,
        <ChangePage
          visitor={c.var.visitor}
          tab="apps"
          title={words.gate.apps.delete}
          about={name}
          sentence={words.gate.apps.deleteSentence}
          action={`${HERE}/named/${name}/delete`}
          back={`${HERE}/named/${name}`}
          danger
          form={form}
        />,
        status,
      )

    const done = (c: SignedInContext, flash: FlashWord, to: string) => {
      deps.cookies.flash.leave(c, flash)
      return c.redirect(to, 303)
    }

    pages
      .get('/', compress(), async (c) => {
        const { visitor } = c.var
        const { apps, next } = await listApps(deps, c.req.query('after'))
        const moreHref = next && `${HERE}?${new URLSearchParams({ after: next })}`
        const flash = takeFlash(c, deps.cookies, visitor)
        return deps.page(c, <AppsPage visitor={visitor} flash={flash} apps={apps} moreHref={moreHref} />)
      })
      .get('/new', (c) => write(c, undefined, { values: { tellsIdentity: 'yes' } }))
      .post('/new', async (c) => {
        const form = await readForm(c, New)
        if (!form.ok) return write(c, undefined, { values: form.values, errors: form.errors }, 422)
        const { reason, ...written } = form.data
        const result = await createApp(deps, written, actingAs(c.var.visitor, c, reason))
        if (result.ok) return done(c, 'app_created', `${HERE}/named/${result.app.name}`)
        return write(c, undefined, { values: form.values, errors: errorsOf(result.wrong, words.gate.apps.wrong) }, 422)
      })
      .get('/named/:app', compress(), async (c) => {
        const app = await appNamed(deps, c.req.param('app'))
        if (!app) return c.notFound()
        const { visitor } = c.var
        const shown = { ...asWritten(app), level: app.level }
        return deps.page(c, <AppPage visitor={visitor} flash={takeFlash(c, deps.cookies, visitor)} app={shown} />)
      })
      .get('/named/:app/change', async (c) => {
        const app = await appNamed(deps, c.req.param('app'))
        return app ? write(c, app.name, { values: formOf(asWritten(app)) }) : c.notFound()
      })
      .post('/named/:app/change', async (c) => {
        const name = c.req.param('app')
        const form = await readForm(c, Changed)
        if (!form.ok) return write(c, name, { values: form.values, errors: form.errors }, 422)
        const { reason, ...change }: { reason: string | null } & Change = form.data
        const result = await changeApp(deps, name, change, actingAs(c.var.visitor, c, reason))
        if (result.ok) return done(c, 'app_changed', `${HERE}/named/${name}`)
        if (result.wrong === 'no_such_app') return c.notFound()
        return write(c, name, { values: form.values, errors: errorsOf(result.wrong, words.gate.apps.wrong) }, 422)
      })
      .get('/named/:app/delete', async (c) =>
        (await appNamed(deps, c.req.param('app'))) ? deleting(c, c.req.param('app'), {}) : c.notFound(),
      )
      .post('/named/:app/delete', async (c) => {
        const name = c.req.param('app')
        const form = await readForm(c, z.object({ reason: neededReasonField() }))
        if (!form.ok) return deleting(c, name, { values: form.values, errors: form.errors }, 422)
        const isDeleted = await deleteApp(deps, name, actingAs(c.var.visitor, c, form.data.reason))
        return isDeleted ? done(c, 'app_deleted', HERE) : c.notFound()
      })
  })
