import { words } from '../words/words.ts'

/** The heading of a column, where the screen is too narrow for columns. */
export const Term = ({ name }: { name: string }) => <span class="hint term">{words.ui.column(name)}</span>
