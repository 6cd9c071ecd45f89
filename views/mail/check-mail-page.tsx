import type { PropsWithChildren } from 'hono/jsx'
import { Narrow } from '../layouts.tsx'
import { FolderNote, type MailDelivery } from './folder-note.tsx'

type CheckMailPageProps = PropsWithChildren<{ delivery: MailDelivery }>

/** After a form that may have sent something: the same for every address, whatever became of it. */
export const CheckMailPage = ({ delivery, children }: CheckMailPageProps) => (
  <Narrow title="Check your mail">
    {children}
    <FolderNote delivery={delivery} />
    <p>
      <a class="button" href="/sign-in">
        Sign in
      </a>
    </p>
  </Narrow>
)
