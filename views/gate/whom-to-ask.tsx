import { words } from '../words/words.ts'

/** An address or a URL, if the operators gave one. */
export const WhomToAsk = ({ contact }: { contact: string | undefined }) =>
  contact === undefined ? null : (
    <p>{words.gate.ask(<a href={contact.includes('://') ? contact : `mailto:${contact}`}>{contact}</a>)}</p>
  )
