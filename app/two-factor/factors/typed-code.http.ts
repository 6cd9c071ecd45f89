import { z } from '@hono/zod-openapi'
import { codeField } from '../../http/fields.ts'
import { TYPED_CODE_AT_MOST } from '../../lib/codes.ts'

/** The one field that takes whatever is typed: the code of an authenticator, or a recovery code. */
export const typedCode = {
  form: { code: codeField() },
  json: {
    code: z.string().max(TYPED_CODE_AT_MOST).openapi({
      description:
        'An authenticator code or a recovery code. Spaces, dashes, letter case and what stands around it are forgiven.',
      example: '492039',
    }),
  },
}
