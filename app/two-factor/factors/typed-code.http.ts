import { z } from '@hono/zod-openapi'
import { TYPED_CODE_AT_MOST } from '../../lib/codes.ts'

export const NO_CODE = 'Enter the code.'

/** The one field that takes whatever is typed: the code of an authenticator, or a recovery code. */
export const typedCode = {
  form: { code: z.string(NO_CODE).trim().min(1, NO_CODE) },
  json: {
    code: z.string().max(TYPED_CODE_AT_MOST).openapi({
      description:
        'An authenticator code or a recovery code. Spaces, dashes, letter case and what stands around it are forgiven.',
      example: '492039',
    }),
  },
}
