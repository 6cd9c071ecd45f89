import { ask, type Check, type Said, whyNot } from './check.ts'

/** BASE_URL as people reach it, through the proxy. */
export const site: Check = {
  name: 'BASE_URL',
  async look({ baseUrl }) {
    const check = 'BASE_URL'
    let page: Response
    try {
      page = await ask(`${baseUrl}/sign-in`)
    } catch (error) {
      const todo = 'Start Latchkey and its proxy, and look at the name and the certificate.'
      return [{ check, is: 'fault', says: `${baseUrl} can't be reached: ${whyNot(error)}`, todo }]
    }
    if (page.status === 421)
      return [{ check, is: 'fault', says: 'the proxy asks for another host (421)', todo: 'Let it pass Host on.' }]
    if (page.status !== 200)
      return [{ check, is: 'fault', says: `${baseUrl}/sign-in answers ${page.status}`, todo: 'Look at the log.' }]
    const answers: Said[] = [{ check, is: 'ok', says: `${baseUrl} answers` }]
    return [...answers, ...headersOf(page, baseUrl), ...(await elsewhere(baseUrl))]
  },
}

function headersOf(page: Response, baseUrl: string): Said[] {
  const isSecure = baseUrl.startsWith('https:')
  const said: Said[] = []
  const wrong = (check: string, says: string, todo: string) => said.push({ check, is: 'fault', says, todo })
  const unchanged = 'Let the proxy pass the headers of Latchkey on unchanged.'
  if (!page.headers.get('content-security-policy')) wrong('headers', 'no Content-Security-Policy arrives', unchanged)
  if (isSecure && !page.headers.get('strict-transport-security')) wrong('HSTS', 'it does not arrive', unchanged)
  for (const cookie of page.headers.getSetCookie())
    if (isSecure && !/^__Host-.*; *Secure/i.test(cookie))
      wrong('cookies', `${cookie.split('=')[0]} is not Secure, or lost __Host-`, unchanged)
  if (said.length === 0)
    said.push({ check: 'headers', is: 'ok', says: 'HSTS, cookies and policy arrive as they were sent' })
  return said
}

/** What only the machine itself should get, and the site without TLS. */
async function elsewhere(baseUrl: string): Promise<Said[]> {
  const status = (url: string) =>
    ask(url).then(
      (answer) => answer.status,
      () => undefined,
    )
  const said: Said[] = []
  const isPublic = baseUrl.startsWith('https:')
  if (isPublic && (await status(`${baseUrl}/readyz`)) === 200)
    said.push({
      check: 'proxy',
      is: 'warning',
      says: '/readyz is open to all',
      todo: 'Let the proxy answer 404 for it.',
    })
  if (isPublic && (await status(`http://${new URL(baseUrl).hostname}/sign-in`)) === 200)
    said.push({ check: 'proxy', is: 'fault', says: 'the site answers without TLS', todo: 'Redirect http: to https:.' })
  return said
}
