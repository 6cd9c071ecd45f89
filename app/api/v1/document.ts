import type { OpenAPIHono } from '@hono/zod-openapi'
import type { AppEnv } from '../../http/env.ts'
import { type Document, grouped } from './groups.ts'

export type { Document } from './groups.ts'

const LICENSE = { name: 'MIT', identifier: 'MIT' } // OpenAPI 3.1, which the types do not know yet

/** The OpenAPI 3.1 document of `/api/v1`, made from the schemas that check what comes in. */
export function documentOf(
  api: OpenAPIHono<AppEnv>,
  { baseUrl, issuer }: { baseUrl: string; issuer: string },
): Document {
  api.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    description: 'A session from POST /sessions, or a personal access token (lk_…).',
  })
  const document = api.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: `${issuer} API`,
      version: '1',
      description:
        'Signing in with a second factor, sessions, access tokens and security events. Problems are RFC 9457, challenges RFC 6750.',
      license: LICENSE,
    },
    servers: [{ url: `${baseUrl}/api/v1` }],
  })
  return grouped(document)
}
