/** Columns for people, under their headings. Numbers stand at the right. */
export function table(headings: string[], rows: (string | number)[][]): string {
  const width = headings.map((heading, at) => Math.max(heading.length, ...rows.map((row) => String(row[at]).length)))
  const line = (row: (string | number)[]) =>
    row
      .map((cell, at) =>
        typeof cell === 'number' ? String(cell).padStart(width[at] ?? 0) : cell.padEnd(width[at] ?? 0),
      )
      .join('  ')
      .trimEnd()
  return [headings, ...rows].map(line).join('\n')
}
