/** The pages of the people who run the site. */
export const operators = {
  search: 'Search',
  byOperator: (email: string | null, reason: string | null) =>
    `By ${email ?? 'an operator'}${reason ? `: ${reason}` : ''}`,

  log: {
    title: 'Log',
    kind: 'What happened',
    all: 'Everything',
    account: 'Account (email or username)',
    from: 'From (day in UTC)',
    to: 'To (day in UTC)',
    none: 'Nothing was found here.',
    deleted: 'A deleted account',
    refused: {
      unknown_kind: 'The log has no such kind of event. Choose one from the list.',
      unknown_account: 'There is no account with this email or username.',
      no_day: 'Write the day as in 2026-12-31.',
    },
  },
}
