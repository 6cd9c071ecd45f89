import { Reference } from '../layouts.tsx'

export type DocumentedOperation = {
  method: string
  path: string
  summary: string
  /** `anybody`, `session`, or the scope that a token needs. */
  access: string
  answers: { status: string; description: string }[]
  curl: string
  /** What it answers when it succeeds, where there is a body. */
  example: string | undefined
}

export type DocumentedGroup = { name: string; description: string; operations: DocumentedOperation[] }

type DocsPageProps = {
  baseUrl: string
  groups: DocumentedGroup[]
  problems: { name: string; status: number; title: string }[]
  results: { result: number; meaning: string }[]
}

const WHO: Record<string, string> = { anybody: 'Anybody.', session: 'A session; no access token.' }

const Operation = ({ method, path, summary, access, answers, curl, example }: DocumentedOperation) => (
  <section class="panel stack">
    <h3>{summary}</h3>
    <p>
      <code>
        {method} {path}
      </code>
    </p>
    <p class="hint">{WHO[access] ?? `A session, or an access token with the scope ${access}.`}</p>
    <p class="long">
      <code>{curl}</code>
    </p>
    {example && (
      <p class="long">
        Answers <code>{example}</code>
      </p>
    )}
    <dl class="details">
      {answers.map(({ status, description }) => (
        <div>
          <dt>{status}</dt>
          <dd>{description}</dd>
        </div>
      ))}
    </dl>
  </section>
)

const Table = ({
  head,
  rows,
}: {
  head: [string, string, ...string[]]
  rows: { id?: string; cells: (string | number)[] }[]
}) => (
  <table>
    <thead>
      <tr>
        {head.map((name) => (
          <th scope="col">{name}</th>
        ))}
      </tr>
    </thead>
    <tbody>
      {rows.map(({ id, cells }) => (
        <tr id={id}>
          {cells.map((cell) => (
            <td>{cell}</td>
          ))}
        </tr>
      ))}
    </tbody>
  </table>
)

/** The API in words, with a line to paste for each call. Made on the server from the OpenAPI document. */
export const DocsPage = ({ baseUrl, groups, problems, results }: DocsPageProps) => (
  <Reference title="API">
    <p class="lead">
      Sign in, keep the session in a variable, and send it as a bearer token. The machine-readable form is{' '}
      <a href="/api/openapi.json">openapi.json</a>.
    </p>
    {groups.map(({ name, description, operations }) => (
      <>
        <h2>{name}</h2>
        <p class="lead">{description}</p>
        {operations.map((operation) => (
          <Operation {...operation} />
        ))}
      </>
    ))}
    <h2>Problems</h2>
    <p class="lead">
      Answers that are not a success are problem details (RFC 9457); their <code>type</code> ends in one of these names.
    </p>
    <Table
      head={['Name', 'Status', 'Meaning']}
      rows={problems.map(({ name, status, title }) => ({ id: `problem-${name}`, cells: [name, status, title] }))}
    />
    <h2>The form for existing clients</h2>
    <p class="lead">
      Under <code>{baseUrl}/1.0/</code> the server speaks the form that clients of the Jelastic cloud know:{' '}
      <code>POST /1.0/users/authentication/rest/signin</code> with <code>login</code> and <code>password</code>, then{' '}
      <code>verify2facode</code> with <code>session</code> and <code>code</code>. The answer is always HTTP 200;{' '}
      <code>result</code> says how it went. Calls that only read also take GET, with an access token as{' '}
      <code>session</code> in the query; passwords and codes never belong in a URL.
    </p>
    <Table head={['Result', 'Meaning']} rows={results.map(({ result, meaning }) => ({ cells: [result, meaning] }))} />
  </Reference>
)
