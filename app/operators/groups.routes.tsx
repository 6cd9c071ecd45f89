import { compress } from 'hono/compress'
import { z } from 'zod'
import { ChangePage } from '#views/operators/change-page.tsx'
import { GroupPage, GroupsPage } from '#views/operators/groups-pages.tsx'
import { Address } from '#views/ui/address.tsx'
import type { FormState } from '#views/ui/types.ts'
import { words } from '#views/words/words.ts'
import type { FlashWord } from '../http/flashes.ts'
import { readForm } from '../http/forms.ts'
import { refusedForm } from '../http/messages.ts'
import { visitorAlone } from '../identity/session.ts'
import { takeFlash } from '../pages/flash.ts'
import { type SignedInContext, signedInPages } from '../pages/guards.ts'
import { actingAs, dayField, reasonField } from './fields.http.ts'
import { addMember, createGroup, deleteGroup, type GroupDeps, listGroups, membersOf, removeMember } from './groups.ts'
import { OPERATE, type OperatorPagesDeps } from './operator-pages.http.ts'
import { type OwnerDeps, ownerNamed } from './owners.ts'

const HERE = '/operate/groups'
const NewGroup = z.object({ name: z.string().trim() })
const NewMember = z.object({ account: z.string().trim(), until: dayField() })
const refused = (reason: keyof typeof words.operators.refused) => words.operators.refused[reason]

/** Groups, and who is in them. */
export const groupsRoutes = (deps: GroupDeps & OwnerDeps & OperatorPagesDeps) =>
  signedInPages(deps, { deed: OPERATE, view: visitorAlone }, (pages) => {
    async function showAll(c: SignedInContext, form: FormState, status: 200 | 409 | 422 = 200) {
      const { visitor } = c.var
      const { groups, next } = await listGroups(deps, c.req.query('after'))
      const moreHref = next && `${HERE}?${new URLSearchParams({ after: next })}`
      const flash = takeFlash(c, deps.cookies, visitor)
      return deps.page(
        c,
        <GroupsPage visitor={visitor} flash={flash} form={form} groups={groups} moreHref={moreHref} />,
        status,
      )
    }

    async function showOne(c: SignedInContext, name: string, form: FormState, status: 200 | 409 | 422 = 200) {
      const { visitor } = c.var
      const after = Number(c.req.query('after') ?? Number.NaN)
      const found = await membersOf(deps, name, Number.isSafeInteger(after) ? after : undefined)
      if (!found) return c.notFound()
      const moreHref = found.next === undefined ? undefined : `${HERE}/${name}?after=${found.next}`
      const flash = takeFlash(c, deps.cookies, visitor)
      return deps.page(
        c,
        <GroupPage
          visitor={visitor}
          flash={flash}
          form={form}
          name={name}
          members={found.members}
          moreHref={moreHref}
        />,
        status,
      )
    }

    const leaving = async (
      c: SignedInContext,
      name: string,
      called: string,
      form: FormState,
      status: 200 | 409 | 422 = 200,
    ) => {
      const owner = await ownerNamed(deps, called)
      if (!owner) return c.redirect(`${HERE}/${name}`, 303)
      const { remove, removeSentence } = words.operators.groups
      return deps.page(
        c,
        <ChangePage
          visitor={c.var.visitor}
          tab="groups"
          title={remove}
          sentence={removeSentence(<Address of={owner.email} />, name)}
          action={`${HERE}/${name}/remove`}
          back={`${HERE}/${name}`}
          form={form}
        >
          <input type="hidden" name="account" value={owner.username} />
        </ChangePage>,
        status,
      )
    }

    const deleting = (c: SignedInContext, name: string, form: FormState, status: 200 | 409 | 422 = 200) =>
      deps.page(
        c,
        <ChangePage
          visitor={c.var.visitor}
          tab="groups"
          title={words.operators.groups.delete}
          about={name}
          sentence={words.operators.groups.deleteSentence}
          action={`${HERE}/${name}/delete`}
          back={`${HERE}/${name}`}
          form={form}
        />,
        status,
      )

    const done = (c: SignedInContext, flash: FlashWord, to: string) => {
      deps.cookies.flash.leave(c, flash)
      return c.redirect(to, 303)
    }

    pages
      .get('/', compress(), (c) => showAll(c, {}))
      .post('/', async (c) => {
        const form = await readForm(c, NewGroup)
        if (!form.ok) return showAll(c, { values: form.values, errors: form.errors }, 422)
        const { visitor } = c.var
        const by = actingAs(visitor, c, null)
        const result = await createGroup(deps, form.data.name, by)
        if (!result.ok) return showAll(c, refusedForm('name', refused(result.reason), form.values), 422)
        return done(c, 'group_created', `${HERE}/${form.data.name}`)
      })
      .get('/:group', compress(), (c) => showOne(c, c.req.param('group'), {}))
      .post('/:group', async (c) => {
        const name = c.req.param('group')
        const form = await readForm(c, NewMember)
        if (!form.ok) return showOne(c, name, { values: form.values, errors: form.errors }, 422)
        const { account: called, until = null } = form.data
        const by = actingAs(c.var.visitor, c, null)
        const result = await addMember(deps, { group: name, called, until }, by)
        if (result.ok) return done(c, 'member_added', `${HERE}/${name}`)
        const field = result.reason === 'over' ? 'until' : 'account'
        return showOne(c, name, refusedForm<string>(field, refused(result.reason), form.values), 422)
      })
      .get('/:group/remove', (c) => leaving(c, c.req.param('group'), c.req.query('account') ?? '', {}))
      .post('/:group/remove', async (c) => {
        const name = c.req.param('group')
        const form = await readForm(c, z.object({ account: z.string(), reason: reasonField() }))
        const called = form.values.account ?? ''
        if (!form.ok) return leaving(c, name, called, { values: form.values, errors: form.errors }, 422)
        const by = actingAs(c.var.visitor, c, form.data.reason)
        const result = await removeMember(deps, { group: name, called }, by)
        if (result.ok) return done(c, 'member_removed', `${HERE}/${name}`)
        if (result.reason === 'no_such_group') return c.notFound()
        return leaving(c, name, called, refusedForm<string>('', refused(result.reason), form.values), 409)
      })
      .get('/:group/delete', async (c) =>
        (await membersOf(deps, c.req.param('group'))) ? deleting(c, c.req.param('group'), {}) : c.notFound(),
      )
      .post('/:group/delete', async (c) => {
        const name = c.req.param('group')
        const form = await readForm(c, z.object({ reason: reasonField() }))
        if (!form.ok) return deleting(c, name, { values: form.values, errors: form.errors }, 422)
        const by = actingAs(c.var.visitor, c, form.data.reason)
        const result = await deleteGroup(deps, name, by)
        return result.ok ? done(c, 'group_deleted', HERE) : c.notFound()
      })
  })
