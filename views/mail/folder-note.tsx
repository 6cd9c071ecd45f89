/** Whether mail reaches people. Where it does not, it lies as files in `folder`. */
export type MailDelivery = { configured: boolean; folder: string }

/** Where the mail is that a page speaks of, when no mail server is set. Draws nothing where one is. */
export const FolderNote = ({ delivery }: { delivery: MailDelivery }) =>
  delivery.configured ? null : (
    <p class="hint">
      This site sends no mail yet: its mails lie as files in the folder <code class="long">{delivery.folder}</code>.
    </p>
  )
