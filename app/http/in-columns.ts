/** Facts of a text file, one a line, their values one below the other. */
export function inColumns(facts: [term: string, value: string][]): string {
  const width = Math.max(...facts.map(([term]) => term.length))
  return facts.map(([term, value]) => `${term.padEnd(width)} ${value}`).join('\n')
}
