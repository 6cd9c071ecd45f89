// A client of `/api/v1` for tests: JSON in and out, a bearer token, no cookies. Only for tests.
import { BASE_URL, PASSWORD, type Product } from '../index.ts'

export type ApiAnswer = {
  status: number
  headers: Headers
  body: Record<string, unknown> & { [name: string]: unknown }
  text: string
}

export function apiClient({ carry }: Pick<Product, 'carry'>, address = '192.0.2.9') {
  async function raw(
    method: string,
    path: string,
    init: RequestInit & { headers?: Record<string, string> } = {},
  ): Promise<ApiAnswer> {
    const headers = { Host: new URL(BASE_URL).host, 'User-Agent': 'curl/8.5.0', ...init.headers }
    const response = await carry(path, { ...init, method, headers }, address)
    const text = await response.text()
    const isJson = (response.headers.get('Content-Type') ?? '').includes('json')
    return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : {} }
  }

  const call = (method: string, path: string, bearer?: string, json?: unknown, headers: Record<string, string> = {}) =>
    raw(method, `/api/v1${path}`, {
      headers: {
        ...(bearer !== undefined && { Authorization: `Bearer ${bearer}` }),
        ...(json !== undefined && { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(json !== undefined && { body: JSON.stringify(json) }),
    })

  return {
    raw,
    call,
    /** The session of an account without a second factor. */
    async signedIn(email: string): Promise<string> {
      const { body, status, text } = await call('POST', '/sessions', undefined, { email, password: PASSWORD })
      if (status !== 201) throw new Error(`sign-in answered ${status}: ${text}`)
      return String(body.session)
    },
    /** The challenge of an account with one. */
    async challenged(email: string): Promise<string> {
      const { body, status, text } = await call('POST', '/sessions', undefined, { email, password: PASSWORD })
      if (status !== 202) throw new Error(`sign-in answered ${status}: ${text}`)
      return (body.challenge as { id: string }).id
    },
  }
}
