/** A day as in 2026-12-31: its beginning in UTC. Undefined where the text is none. */
export function readDay(text: string): Date | undefined {
  const day = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(day.getTime()) && day.toISOString().slice(0, 10) === text ? day : undefined
}
