/** "2026-03-01 12:00 UTC", for files that are read wherever their owner is then. */
export const inUtc = (at: Date): string => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`
