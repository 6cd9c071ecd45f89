/** What the measuring process asks a measured one. */
export type Question = 'sample' | 'a day later' | 'stop'

/** Bytes after a garbage collection, and how many rounds of housekeeping this process has made. */
export type Memory = { rss: number; heap: number; rounds: number }
export type Answer = { port: number } | Memory | 'done'
