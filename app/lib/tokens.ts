import { hash, randomBytes } from 'node:crypto'
import { encodeHexLowerCase } from '@oslojs/encoding'

/** 48 random bits: not a count of accounts, and exact as a JavaScript number. */
export const newAccountId = (): number => randomBytes(6).readUIntBE(0, 6)

/** What devices know an account by: 32 random bytes, in base64url. */
export const newUserHandle = (): string => randomBytes(32).toString('base64url')

/** Names a row, if the name isn't secret. */
export const newId = (): string => randomBytes(12).toString('base64url')

let sequence = 0 // it counts nothing
/** As `newId`, and those that one process makes within a millisecond are in their order. */
export const newIdInOrder = (): string => `${(sequence++).toString(36).padStart(8, '0')}${newId()}`

/** The shape of a row's name. PostgreSQL takes no NUL in a text, so we refuse junk before asking the database. */
export const looksLikeId = (text: string): boolean => /^[\w-]{1,64}$/.test(text)

/** 128 random bits that say nothing of an account, in hex. */
export const newNonce = (): string => encodeHexLowerCase(randomBytes(16))

/** What a browser or API client holds: `hex(number) + 'x' + 32 hex`, with 128 random bits. The number is the account's: its uid if an API reads it, or else its id. */
export const newToken = (number: number): string => `${number.toString(16)}x${encodeHexLowerCase(randomBytes(16))}`

/** The shape of a token, so we refuse junk before asking the database. */
export const looksLikeToken = (text: string): boolean => /^[0-9a-f]{1,14}x[0-9a-f]{32}$/.test(text)

/** What the database keeps of a token. It has 128 random bits, so an unsalted fast hash is enough. */
export const hashToken = (token: string): string => hash('sha256', token, 'base64url')
