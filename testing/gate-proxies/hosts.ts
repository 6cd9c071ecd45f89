/** The names in these tests. None of them is in any name server: clients are told where they are. */
export const HOSTS = {
  portal: 'accounts.example.test',
  photos: 'photos.example.test',
  notes: 'notes.example.org',
} as const

export const PORTAL = `https://${HOSTS.portal}`
