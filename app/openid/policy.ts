import type { interactionPolicy, KoaContextWithOIDC } from 'oidc-provider'
import { subjectAt, subjectIn } from './subject.ts'
import { type AtClient, type AtClientDeps, askedOf, lacksFor, mayUse } from './visitor-at.ts'

type Deps = AtClientDeps & {
  /** Whoever is signed in at the portal and may go on. */
  visitorAt(ctx: KoaContextWithOIDC): Promise<AtClient | undefined>
}

/** When a person has something to do before their sign-in goes on: the library's reasons, and ours. */
export function policyOf({ Check, base }: typeof interactionPolicy, deps: Deps): interactionPolicy.DefaultPolicy {
  const { visitorAt } = deps
  const policy = base()
  policy.get('consent')?.checks.remove('native_client_prompt') // what is asked of a person doesn't depend on where their app runs
  policy.get('consent')?.checks.remove('op_claims_missing') // a claim that isn't open to the app is left out
  const login = policy.get('login')
  login?.checks.add(
    new Check('not_entitled', 'the app is not open to this person', 'access_denied', async (ctx) => {
      const visitor = await visitorAt(ctx as KoaContextWithOIDC)
      return visitor !== undefined && !mayUse(deps, visitor)
    }),
  )
  login?.checks.add(
    new Check('step_up', 'the app asks for more than this session has shown', async (ctx) => {
      const visitor = await visitorAt(ctx as KoaContextWithOIDC)
      const app = visitor?.apps[0]
      if (!visitor || !app) return true
      return lacksFor(deps, visitor, app, askedBy(ctx as KoaContextWithOIDC)) !== undefined
    }),
  )
  login?.checks.add(
    new Check('means_another', 'the device that asks means another person', async (ctx) => {
      const { params } = (ctx as KoaContextWithOIDC).oidc // elsewhere the library asks itself
      const visitor = await visitorAt(ctx as KoaContextWithOIDC)
      const hint = params?.id_token_hint
      if (typeof hint !== 'string' || !visitor?.apps[0]) return false
      return subjectIn(hint) !== subjectAt(visitor.apps[0].pairwiseSalt, visitor.account.id)
    }),
  )
  return policy
}

function askedBy({ oidc }: KoaContextWithOIDC) {
  const { acr_values: acrs, max_age: maxAge } = oidc.params as { acr_values?: string; max_age?: string }
  return askedOf(acrs?.split(' ') ?? [], maxAge === undefined || oidc.result?.login ? undefined : Number(maxAge))
}
