import { generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Configuration, Provider } from 'oidc-provider'
import { CHALLENGE, CLIENT } from './client.ts'

const PERSON = {
  ...{
    sub: '1',
    email: '1@example.com',
    email_verified: true,
    name: 'Ada',
    preferred_username: 'ada',
    groups: ['all'],
  },
}

/** The library alone, with its own store in memory and one person. It makes codes without a page. */
export async function bareProvider() {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const provider = new Provider(`http://localhost:${port}`, {
    clients: [{ client_id: CLIENT.id, client_secret: CLIENT.secret, redirect_uris: [CLIENT.redirect] }],
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'bench', alg: 'RS256', use: 'sig' }] },
    claims: { email: ['email', 'email_verified'], profile: ['name', 'preferred_username'], groups: ['groups'] },
    conformIdTokenClaims: false,
    cookies: { keys: ['bench'] },
    features: { devInteractions: { enabled: false } },
    findAccount: (_, accountId) => ({ accountId, claims: () => PERSON }),
  } as Configuration)
  server.on('request', provider.callback())

  async function code(): Promise<string> {
    const client = await provider.Client.find(CLIENT.id)
    const grant = new provider.Grant({ accountId: PERSON.sub, clientId: CLIENT.id })
    grant.addOIDCScope(CLIENT.scope)
    const made = {
      ...{ accountId: PERSON.sub, client, grantId: await grant.save(), gty: 'authorization_code', scope: CLIENT.scope },
      ...{ redirectUri: CLIENT.redirect, codeChallenge: CHALLENGE, codeChallengeMethod: 'S256', nonce: 'bench' },
      ...{ acr: '2', amr: ['pwd', 'otp', 'mfa'], authTime: Math.floor(Date.now() / 1000) },
    }
    return await new provider.AuthorizationCode(made as never).save()
  }
  return { port, codes: (many: number) => Promise.all(Array.from({ length: many }, code)) }
}
