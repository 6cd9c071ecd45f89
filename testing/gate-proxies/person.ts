import { BASE_URL, SESSION } from '../names.ts'
import { type Answered, askFor, NAVIGATION, type Way } from './client.ts'

export type Visitor = ReturnType<typeof visitor>
type Sent = Parameters<typeof askFor>[2]

/** A browser behind a proxy, without its pages: it keeps the cookies of each host, and says what browsers say. */
export function visitor(way: Way, session?: string) {
  const jar = new Map<string, Map<string, string>>()
  const at = (host: string) => {
    const cookies = jar.get(host) ?? new Map<string, string>()
    jar.set(host, cookies)
    return cookies
  }
  if (session !== undefined) at(new URL(BASE_URL).host).set(SESSION, session)

  async function asks(url: string, { headers = {}, ...sent }: NonNullable<Sent> = {}): Promise<Answered> {
    const cookies = at(new URL(url).host)
    const line = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await askFor(way, url, { ...sent, headers: { ...(line && { Cookie: line }), ...headers } })
    for (const set of answer.cookies) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? []
      if (/; *Max-Age=0/i.test(set)) cookies.delete(name)
      else cookies.set(name, value)
    }
    return answer
  }
  const opens = (url: string, headers: Record<string, string> = {}) =>
    asks(url, { headers: { ...NAVIGATION, ...headers } })

  return {
    at,
    /** As a script or a program asks. */
    asks,
    /** As a person opens a page; follows nothing. */
    opens,
    /** Follows redirects as a browser does, from one site to the next: the URLs on the way, and what came at the end. */
    async follows(url: string): Promise<Answered & { way: string[] }> {
      const way: string[] = []
      for (let next = url; way.length < 8; ) {
        way.push(next)
        const answer = await opens(next, way.length > 1 ? { 'Sec-Fetch-Site': 'cross-site' } : {})
        if (answer.location === undefined) return { ...answer, way }
        next = new URL(answer.location, next).href
      }
      throw new Error(`It goes round: ${way.join(' → ')}`)
    },
  }
}
