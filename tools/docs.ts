import { readFileSync, writeFileSync } from 'node:fs'
import { SETTING_ROWS } from '#app/settings.ts'

const PAGE = 'docs/configuration.md'
const BETWEEN_MARKERS = /(?<=^<!-- settings: .*-->\n).*(?=^<!-- \/settings -->$)/ms

/** What is written from the settings: each file, and what it has to say. */
export const filesOfSettings = (): [file: string, contents: string][] => [
  [PAGE, readFileSync(PAGE, 'utf8').replace(BETWEEN_MARKERS, () => table())],
  ['.env.example', example()],
]

function table(): string {
  const lines = SETTING_ROWS.map(([, { variable, usual, unset, means, more }]) => {
    const otherwise = usual ? `\`${usual}\`` : (unset ?? 'none')
    return `| \`${variable}\` | ${otherwise} | ${[means, more].filter((words) => words).join(' ')} |\n`
  })
  return `| Variable | Default | Meaning |\n|---|---|---|\n${lines.join('')}`
}

function example(): string {
  const settings = SETTING_ROWS.map(([, { variable, usual, example, means }]) => {
    const values = [usual, example].filter((value) => value)
    const lines = values.length > 0 ? values : ['']
    return `# ${means.replaceAll('`', '')}\n${lines.map((value) => `#${variable}=${value}\n`).join('')}`
  })
  return `# Every setting has a value that works. Set what differs; docs/configuration.md says more.\n\n${settings.join('\n')}`
}

if (import.meta.filename === process.argv[1])
  for (const [file, contents] of filesOfSettings()) writeFileSync(file, contents)
