import type { PropsWithChildren } from 'hono/jsx'
import { Narrow } from '../layouts.tsx'
import { words } from '../words/words.ts'
import { FolderNote, type MailDelivery } from './folder-note.tsx'

type CheckMailPageProps = PropsWithChildren<{ delivery: MailDelivery }>

/** After a form that may have sent something: the same for every address, whatever became of it. */
export const CheckMailPage = ({ delivery, children }: CheckMailPageProps) => (
  <Narrow title={words.mailPages.check}>
    {children}
    <FolderNote delivery={delivery} />
    <p>
      <a class="button" href="/sign-in">
        {words.signIn.signIn.title}
      </a>
    </p>
  </Narrow>
)
