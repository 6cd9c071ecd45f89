import type { Child } from 'hono/jsx'

type Code = (text: string) => Child

/** The page about the API. What a call does and answers is in the API's own document, which is English in every language. */
export const apiDocs = {
  title: 'API',
  lead: (document: Child): Child => [
    'Sign in, keep the session in a variable, and send it as a bearer token. The machine-readable form is ',
    document,
    '.',
  ],
  anybody: 'Anyone.',
  session: 'A session; no access token.',
  scope: (scope: string) => `A session, or an access token with the scope ${scope}.`,
  answers: (example: Child): Child => ['Answers ', example],
  problems: {
    title: 'Problems',
    lead: (code: Code): Child => [
      "Answers that aren't a success are problem details (RFC 9457). Their ",
      code('type'),
      ' ends in one of these names.',
    ],
    name: 'Name',
    status: 'Status',
    meaning: 'Meaning',
  },
  jelastic: {
    title: 'The form for existing clients',
    lead: (path: string, code: Code): Child => [
      'Under ',
      code(path),
      ' the server speaks the form that clients of the Jelastic cloud know: ',
      code('POST /1.0/users/authentication/rest/signin'),
      ' with ',
      code('login'),
      ' and ',
      code('password'),
      ', then ',
      code('verify2facode'),
      ' with ',
      code('session'),
      ' and ',
      code('code'),
      '. The answer is always HTTP 200; ',
      code('result'),
      ' says how it went. Calls that only read also take GET, with an access token as ',
      code('session'),
      ' in the query. Passwords and codes never belong in a URL.',
    ],
    result: 'Result',
    meaning: 'Meaning',
  },
}
