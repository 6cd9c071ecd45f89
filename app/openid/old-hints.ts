import type { Provider as Library } from 'oidc-provider'

/**
 * An app keeps its ID token for as long as it likes, and shows it where people sign out. When the key has ended that signed it, it proves
 * nothing any more: it names its app, as `client_id` does, and the page asks as it asks of everybody.
 */
export function takeOldHints(library: Library, { path, kids }: { path: string; kids: ReadonlySet<string> }): void {
  library.use((ctx, next) => {
    const { id_token_hint: hint, ...others } = ctx.query
    const said = ctx.path === path && typeof hint === 'string' ? saidBy(hint) : undefined
    if (said?.kid && !kids.has(said.kid)) ctx.query = { ...(said.client && { client_id: said.client }), ...others }
    return next()
  })
}

function saidBy(token: string): { kid: string | undefined; client: string | undefined } | undefined {
  try {
    const [{ kid }, { aud }] = token.split('.', 2).map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()))
    return { kid: textOf(kid), client: textOf(aud) }
  } catch {
    return undefined // the library says what is wrong with it
  }
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined)
