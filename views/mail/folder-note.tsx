import { words } from '../words/words.ts'
/** Whether mail reaches people. Where it doesn't, it lies as files in `folder`, which only a developer's own machine names. */
export type MailDelivery = { configured: boolean; folder: string | undefined }

/** Where the mail is that a page speaks of, when no mail server is set. Draws nothing where one is. */
export const FolderNote = ({ delivery: { configured, folder } }: { delivery: MailDelivery }) => {
  if (configured) return null
  if (folder === undefined) return <p class="hint">{words.mailPages.noServer}</p>
  return <p class="hint">{words.mailPages.inFolder(<code class="long">{folder}</code>)}</p>
}
