// What failed, to be said once more at the very end: whoever has only the last lines of a long run must learn it from them.

/** The most lines kept of one failure: its name, its message, and where the message came from. */
const LINES = 30
const WIDTH = 600

/** The failures in a report of node's `spec` reporter, each its name, its error and where it stands. */
export function failuresOfNode(report: string): string[] {
  return report
    .split('\n✖ failing tests:\n')
    .slice(1)
    .flatMap((list) => list.split(/^(?=test at )/m).slice(1))
    .map(shortened)
}

type Suite = { suites?: Suite[]; specs?: Spec[] }
type Spec = { title: string; file: string; line: number; ok: boolean; tests: Tried[] }
type Tried = { projectName: string; status: string; results: { errors: { message?: string }[] }[] }

export type PlaywrightReport = {
  suites: Suite[]
  errors: { message?: string }[]
  stats: { expected: number; flaky: number; unexpected: number }
}

/** The failures in what Playwright's `json` reporter wrote. A flaky test is one. */
export function failuresOfPlaywright(report: PlaywrightReport): string[] {
  const specsIn = (suite: Suite): Spec[] => [...(suite.specs ?? []), ...(suite.suites ?? []).flatMap(specsIn)]
  const failures = report.suites.flatMap(specsIn).flatMap((spec) =>
    spec.tests
      .filter(({ status }) => status === 'unexpected' || status === 'flaky')
      .map(({ projectName, status, results }) => {
        const messages = results.flatMap(({ errors }) => errors.map(({ message }) => message ?? ''))
        return `[${projectName}] ${spec.file}:${spec.line} › ${spec.title} (${status})\n${messages.join('\n')}`
      }),
  )
  return [...failures, ...report.errors.map(({ message }) => message ?? '')].map(shortened)
}

function shortened(failure: string): string {
  return failure
    .trim()
    .split('\n')
    .slice(0, LINES)
    .map((line) => line.slice(0, WIDTH))
    .join('\n')
}
