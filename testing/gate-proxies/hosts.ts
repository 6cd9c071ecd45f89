import { BASE_URL } from '../names.ts'

/** The names in these tests. None of them is in any name server: clients are told where they are. */
export const HOSTS = {
  portal: new URL(BASE_URL).host,
  photos: 'photos.example.test',
  notes: 'notes.example.org',
} as const

export const PHOTOS = `https://${HOSTS.photos}`
export const NOTES = `https://${HOSTS.notes}`
