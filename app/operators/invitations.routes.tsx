import { compress } from 'hono/compress'
import { z } from 'zod'
import { InvitationsPage, MadeInvitationPage, NewInvitationPage } from '#views/operators/invitations-pages.tsx'
import { words } from '#views/words/words.ts'
import { readForm, readNothing } from '../http/forms.ts'
import { refusedForm } from '../http/messages.ts'
import { visitorAlone } from '../identity/session.ts'
import { takeFlash } from '../pages/flash.ts'
import { signedInPages } from '../pages/guards.ts'
import { actingAs, dayField, groupsField, noEmailField, reasonField } from './fields.http.ts'
import { type InvitationDeps, type Invited, invite, listInvitations, revokeInvitation } from './invitations.ts'
import { OPERATE, type OperatorPagesDeps } from './operator-pages.http.ts'

const HERE = '/operate/invitations'
const SEND = /^send$/
const NewInvitation = z.object({
  email: noEmailField(),
  role: z.enum(['member', 'operator']),
  groups: groupsField(),
  expires: dayField(),
  ends: dayField(),
  reason: reasonField(),
})

const FIELD_OF: Partial<Record<Exclude<Invited, { ok: true }>['reason'], string>> = {
  no_address: 'email',
  too_late: 'expires',
  no_such_group: 'groups',
  group_twice: 'groups',
}

/** Who was invited, and an invitation more. */
export const invitationsRoutes = (deps: InvitationDeps & OperatorPagesDeps) =>
  signedInPages(deps, { deed: OPERATE, view: visitorAlone }, (pages) =>
    pages
      .get('/', compress(), async (c) => {
        const { visitor } = c.var
        const { invitations, next } = await listInvitations(deps, c.req.query('after'))
        const moreHref = next && `${HERE}?${new URLSearchParams({ after: next })}`
        const flash = takeFlash(c, deps.cookies, visitor)
        return deps.page(
          c,
          <InvitationsPage visitor={visitor} flash={flash} invitations={invitations} moreHref={moreHref} />,
        )
      })
      .get('/new', (c) => deps.page(c, <NewInvitationPage visitor={c.var.visitor} form={{}} />))
      .post('/new', async (c) => {
        const { visitor } = c.var
        const form = await readForm(c, NewInvitation, SEND)
        const { values } = form
        if (!form.ok)
          return deps.page(c, <NewInvitationPage visitor={visitor} form={{ values, errors: form.errors }} />, 422)
        const { email = null, role, groups, expires, ends, reason } = form.data
        const by = actingAs(visitor, c, reason)
        const wanted = {
          email,
          isSent: values.send === 'yes',
          role,
          groups,
          expiresAt: expires,
          accountEndsAt: ends ?? null,
        }
        const made = await invite(deps, wanted, by)
        if (!made.ok) {
          const refused = refusedForm<string>(FIELD_OF[made.reason] ?? '', words.operators.refused[made.reason], values)
          return deps.page(c, <NewInvitationPage visitor={visitor} form={refused} />, 422)
        }
        const { link, invitation } = made
        if (link) return deps.page(c, <MadeInvitationPage visitor={visitor} link={link} until={invitation.expiresAt} />)
        deps.cookies.flash.leave(c, 'invitation_sent')
        return c.redirect(HERE, 303)
      })
      .get('/:id/revoke', (c) => c.redirect(HERE, 303))
      .post('/:id/revoke', async (c) => {
        await readNothing(c)
        const by = actingAs(c.var.visitor, c, null)
        const { ok } = await revokeInvitation(deps, c.req.param('id'), by)
        deps.cookies.flash.leave(c, ok ? 'invitation_revoked' : 'invitation_gone')
        return c.redirect(HERE, 303)
      }),
  )
