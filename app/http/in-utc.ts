/** "2026-03-01 12:00 UTC", for files that people read wherever they are. */
export const inUtc = (at: Date): string => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`
