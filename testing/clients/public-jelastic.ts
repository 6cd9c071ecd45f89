// The requests of public clients, the way their HTTP libraries make them, header by header, and what each client reads. Only for
// tests.

const APPID = '1dd8d191d38fff45e62564fcf67fdcd6'
export const RUK = '5d1cd271-1c0b-4a57-b9f5-0e3dbb9d5d0d'
export const FORM = 'application/x-www-form-urlencoded'
export const AUTHENTICATION = '/1.0/users/authentication/rest'
const ACCOUNT = '/1.0/users/account/rest'

const ruby = {
  'Accept-Encoding': 'gzip;q=1.0,deflate;q=0.6,identity;q=0.3',
  Accept: '*/*',
  'User-Agent': 'Ruby',
  'Content-Type': FORM,
}
const requests = {
  'User-Agent': 'python-requests/2.32.3',
  'Accept-Encoding': 'gzip, deflate',
  Accept: '*/*',
  Connection: 'keep-alive',
}
const pyJelastic = { ...requests, 'X-Base-Url': 'https://app.example.com/1.0/' }
const pylastic = { 'User-Agent': 'pylastic/0.1' }
const httpx = {
  Accept: '*/*',
  'Accept-Encoding': 'gzip, deflate',
  Connection: 'keep-alive',
  'User-Agent': 'python-httpx/0.23.3',
  'Content-Type': FORM,
}
const httpClient = {
  'Content-Type': `${FORM}; charset=UTF-8`,
  Connection: 'Keep-Alive',
  'User-Agent': 'Apache-HttpClient/4.1.1 (java 1.5)',
}
const nodeFetch = {
  'Content-Type': `${FORM};charset=UTF-8`,
  Accept: '*/*',
  'User-Agent': 'node-fetch/1.0 (+https://github.com/bitinn/node-fetch)',
  'Accept-Encoding': 'gzip,deflate',
  Connection: 'close',
}
const go = { 'User-Agent': 'Go-http-client/1.1', 'Accept-Encoding': 'gzip' }
const curl = {
  Accept: '*/*',
  'Content-Type': `${FORM}; charset=UTF-8;`,
  'User-Agent': 'Mozilla/4.73 [en] (X11; U; Linux 2.2.15 i686)',
}

/** Placeholders for the person's own values: what they typed, and what the client keeps. */
export type Held = { email: string; password: string; session: string; token: string }
export type PublicRequest = {
  client: string
  request: [method: 'GET' | 'POST', path: string, headers: Record<string, string>, body?: string]
  /** The keys it reads from the answer, or a result that stops it. */
  reads: string[]
  result?: number
  says?: RegExp
  /** What it needs the operator to set. */
  needs?: 'JELASTIC_GET=sessions'
}

export const encoded = encodeURIComponent
export const form = (fields: Record<string, string> | [string, string][]) => new URLSearchParams(fields).toString()

export const publicClients = ({ email, password, session, token }: Held): PublicRequest[] => [
  // GoJelastic (Go): one GET with the token behind `session=`, not encoded. Any `error` is a failure to it.
  {
    client: 'GoJelastic',
    request: ['GET', `${ACCOUNT}/getuserinfo?session=${token}`, go],
    reads: ['result', 'uid', 'email'],
  },
  // py-jelastic (Python): GET for everything, parameters in the order of the alphabet.
  {
    client: 'py-jelastic',
    request: ['GET', `${AUTHENTICATION}/checksign?appid=cluster&ruk=${RUK}&session=${token}`, pyJelastic],
    reads: ['result'],
  },
  {
    client: 'py-jelastic',
    request: ['GET', `${AUTHENTICATION}/getsessions?appid=cluster&ruk=${RUK}&session=${token}`, pyJelastic],
    reads: ['result', 'sessions'],
  },
  {
    client: 'py-jelastic',
    request: ['GET', `${AUTHENTICATION}/gettokens?appid=cluster&ids=1%2C2&ruk=${RUK}&session=${token}`, pyJelastic],
    reads: ['result', 'error'],
    result: 8202, // its permission error
  },
  {
    client: 'py-jelastic',
    request: [
      'GET',
      `${ACCOUNT}/changepassword?appid=cluster&newPassword=x&oldPassword=y&ruk=${RUK}&session=${token}`,
      pyJelastic,
    ],
    reads: ['result', 'error'],
    result: 99,
    says: /^Use POST, with newPassword in the form body/,
  },
  {
    client: 'py-jelastic',
    request: ['GET', `/1.0/environment/control/rest/getenvs?appid=cluster&ruk=${RUK}&session=${token}`, pyJelastic],
    reads: ['result', 'error'],
    result: 99,
  },
  // pylastic (Python): asks checksign with what it has, at first with nothing, and checks for `accessType`.
  { client: 'pylastic', request: ['GET', `${AUTHENTICATION}/checksign`, pylastic], reads: ['result'], result: 3 },
  {
    client: 'pylastic',
    request: [
      'POST',
      `${AUTHENTICATION}/signin`,
      { ...pylastic, 'Content-Type': FORM },
      form({ login: email, password }),
    ],
    reads: ['result', 'session'],
  },
  {
    client: 'pylastic',
    request: ['GET', `${ACCOUNT}/getuserinfo?session=${session}&appid=cluster`, pylastic],
    reads: ['result', 'email', 'uid'],
    needs: 'JELASTIC_GET=sessions',
  },
  {
    client: 'pylastic',
    request: ['GET', `${AUTHENTICATION}/checksign?session=${session}`, pylastic],
    reads: ['accessType'],
    needs: 'JELASTIC_GET=sessions',
  },
  {
    client: 'pylastic',
    request: ['GET', `${AUTHENTICATION}/getsessions?session=${session}&appid=cluster`, pylastic],
    reads: ['result', 'sessions'],
    needs: 'JELASTIC_GET=sessions',
  },
  {
    client: 'pylastic',
    request: ['GET', `${AUTHENTICATION}/checksign?session=${token}`, pylastic],
    reads: ['accessType'],
  },
  // jelastic (Ruby): POST through Net::HTTP; fails if one of the four is missing.
  {
    client: 'jelastic, the gem',
    request: ['POST', `${AUTHENTICATION}/signin`, ruby, form({ appid: APPID, login: email, password })],
    reads: ['result', 'uid', 'email', 'session', 'status'],
  },
  // jelastic-client (Python): POST through httpx, paths in small letters, a token as session.
  {
    client: 'jelastic-client',
    request: ['POST', `${ACCOUNT}/getuserinfo`, httpx, form({ session: token })],
    reads: ['result', 'email'],
  },
  // jelastic-maven-plugin (Java): POST through Apache HttpClient.
  {
    client: 'jelastic-maven-plugin',
    request: ['POST', `${AUTHENTICATION}/signin`, httpClient, form({ login: email, password })],
    reads: ['uid', 'result', 'session', 'email', 'name'],
  },
  // A GitHub Action (JavaScript): node-fetch, a body put together by hand that ends in `&`.
  {
    client: 'the GitHub Action',
    request: [
      'POST',
      `${AUTHENTICATION}/signin`,
      nodeFetch,
      `appid=${APPID}&password=${encodeURI(password)}&login=${encodeURI(email)}&`,
    ],
    reads: ['result', 'session'],
  },
  // Scripts of the Jelastic marketplace (curl and jq): a type that ends in a semicolon.
  {
    client: 'the marketplace scripts',
    request: ['POST', `${AUTHENTICATION}/signin`, curl, `login=${encoded(email)}&password=${encoded(password)}`],
    reads: ['result', 'session'],
  },
  // A script that makes tokens for GitLab (Python): `apiList` once for each method, and no password.
  {
    client: 'the GitLab script',
    request: [
      'POST',
      `${AUTHENTICATION}/createtoken`,
      { ...requests, 'Content-Type': FORM },
      form([
        ['session', session],
        ['apiList', 'users.account.GetUserInfo'],
        ['apiList', 'users.authentication.GetSessions'],
        ['description', 'gitlab'],
      ]),
    ],
    reads: ['result', 'error'],
    result: 3,
    says: /^invalid parameter \[password\]/,
  },
  // jelastic-deployer (PHP) signs in with the password in the URL, as the Jelastic cloud itself no longer allows.
  {
    client: 'jelastic-deployer',
    request: [
      'GET',
      `${AUTHENTICATION}/signin?login=${encoded(email)}&password=${encoded(password)}&appid=${APPID}`,
      { 'User-Agent': 'unirest-php/2.0', Accept: '*/*' },
    ],
    reads: ['result', 'error'],
    result: 99,
    says: /^Use POST, with password in the form body/,
  },
  // Those that sign out do so last.
  {
    client: 'the GitHub Action',
    request: ['POST', `${AUTHENTICATION}/signout`, nodeFetch, `appid=${APPID}&session=${session}&`],
    reads: ['result'],
  },
]
