import { z } from '@hono/zod-openapi'
import { emailField } from '../../http/fields.ts'
import { GROUP_NAME } from '../../operators/groups.ts'
import { english } from '../english.ts'
import { Id, Time } from './schemas.ts'

// What `/api/v1/` takes and gives about invitations, as schemas.ts has it for all else.

const GroupName = z
  .string()
  .regex(GROUP_NAME, 'A group is called by 1 to 32 small letters, digits, dots, dashes and underscores.')
  .openapi({ example: 'family' })
const Ahead = z.iso.datetime({ offset: true })
const InvitedTo = z.object({ name: GroupName, until: Time.nullable() }).openapi('InvitedTo')
const Role = z.enum(['member', 'operator'])
export const NewInvitation = z
  .strictObject({
    email: emailField(english).optional().openapi({
      description: 'The only address it is for. Without one, it is for whoever holds the link.',
    }),
    send: z
      .boolean()
      .optional()
      .openapi({ description: 'Whether it goes there by mail, as it does unless this is false.' }),
    role: Role.default('member'),
    groups: z
      .array(z.strictObject({ name: GroupName, until: Ahead.nullable().default(null) }))
      .max(100)
      .default([]),
    expires_at: Ahead.optional().openapi({ description: 'When the link ends; in 7 days where left out.' }),
    account_ends_at: Ahead.nullable().default(null).openapi({ description: 'When the account ends, for a guest.' }),
    reason: z.string().max(200).optional().openapi({ description: 'For the log.' }),
  })
  .openapi('NewInvitation')
export const Invitation = z
  .object({
    id: Id,
    email: z.string().nullable(),
    role: Role,
    groups: z.array(InvitedTo),
    state: z.enum(['open', 'used', 'revoked', 'ended']),
    created_at: Time,
    sent_at: Time.nullable(),
    expires_at: Time,
    account_ends_at: Time.nullable(),
    used_at: Time.nullable(),
    revoked_at: Time.nullable(),
  })
  .openapi('Invitation')
export const Invited = z
  .object({
    invitation: Invitation,
    link: z.string().optional().openapi({ description: 'Where it was not sent. Shown this once.' }),
  })
  .openapi('Invited')
export const Invitations = z
  .object({ invitations: z.array(Invitation), next: z.string().optional() })
  .openapi('Invitations')
export const InvitationsQuery = z.strictObject({
  after: z.string().max(96).optional().openapi({ description: 'The `next` of the page before.' }),
})
export const InvitationPath = z.object({ id: Id.openapi({ param: { name: 'id', in: 'path' } }) })
