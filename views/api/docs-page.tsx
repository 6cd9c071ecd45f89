import { Reference } from '../layouts.tsx'
import { words } from '../words/words.ts'

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

const code = (text: string) => <code>{text}</code>

const mayCall = (access: string) => {
  const { anybody, session, scope } = words.apiDocs
  if (access === 'anybody') return anybody
  return access === 'session' ? session : scope(access)
}

const Operation = ({ method, path, summary, access, answers, curl, example }: DocumentedOperation) => (
  <section class="panel stack">
    <h3>{summary}</h3>
    <p>
      <code>
        {method} {path}
      </code>
    </p>
    <p class="hint">{mayCall(access)}</p>
    <p class="long">
      <code>{curl}</code>
    </p>
    {example && <p class="long">{words.apiDocs.answers(code(example))}</p>}
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
  <Reference title={words.apiDocs.title}>
    <p class="lead">{words.apiDocs.lead(<a href="/api/openapi.json">openapi.json</a>)}</p>
    {groups.map(({ name, description, operations }) => (
      <>
        <h2>{name}</h2>
        <p class="lead">{description}</p>
        {operations.map((operation) => (
          <Operation {...operation} />
        ))}
      </>
    ))}
    <h2>{words.apiDocs.problems.title}</h2>
    <p class="lead">{words.apiDocs.problems.lead(code)}</p>
    <Table
      head={[words.apiDocs.problems.name, words.apiDocs.problems.status, words.apiDocs.problems.meaning]}
      rows={problems.map(({ name, status, title }) => ({ id: `problem-${name}`, cells: [name, status, title] }))}
    />
    <h2>{words.apiDocs.jelastic.title}</h2>
    <p class="lead">{words.apiDocs.jelastic.lead(`${baseUrl}/1.0/`, code)}</p>
    <Table
      head={[words.apiDocs.jelastic.result, words.apiDocs.jelastic.meaning]}
      rows={results.map(({ result, meaning }) => ({ cells: [result, meaning] }))}
    />
  </Reference>
)
