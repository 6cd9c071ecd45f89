import type { PropsWithChildren } from 'hono/jsx'

/** The heading of a column, where the screen is too narrow for columns. */
export const Term = ({ children }: PropsWithChildren) => <span class="hint term">{children}: </span>
