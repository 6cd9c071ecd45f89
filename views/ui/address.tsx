import { createContext, useContext } from 'hono/jsx'

/** How the server writes an address for people. As stored, its domain is in ASCII. */
export const AddressContext = createContext((email: string): string => email)

/** An email address, to be read. */
export const Address = ({ of }: { of: string }) => <>{useContext(AddressContext)(of)}</>
