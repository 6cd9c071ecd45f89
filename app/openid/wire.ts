import type { Stores } from '#db/stores.ts'
import { type ProviderDeps, providerOf } from './provider.ts'
import { fetchOfProvider } from './sign-outs.ts'

/** The provider is one for each process, and does nothing before it is asked for. */
export const wireOpenid = ({ openid, clients, signedInApps }: Stores, deps: Omit<ProviderDeps, 'openid'>) => ({
  openid,
  clients,
  signedInApps,
  provider: providerOf({ ...deps, openid, fetch: fetchOfProvider }),
})
