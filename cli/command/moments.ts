import { z } from 'zod'

/** A date, which is its beginning in UTC, or a time as in RFC 3339. */
export const moment = (name: string) =>
  z
    .union(
      [z.iso.date(), z.iso.datetime({ offset: true })],
      `${name} must be a date such as 2026-12-31, or a time such as 2026-12-31T18:00:00Z.`,
    )
    .transform((text) => new Date(text))
