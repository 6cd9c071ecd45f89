import { Narrow } from '../layouts.tsx'
import { Address } from '../ui/address.tsx'
import { ButtonForm } from '../ui/button-form.tsx'
import type { Visitor } from '../ui/types.ts'
import { words } from '../words/words.ts'
import { toldBy } from './told-by.ts'

type ConsentPageProps = {
  visitor: Visitor
  app: string
  scopes: readonly string[]
  action: string
  /** What names this question among others. */
  asked: string
}

/** Asks a person what an app may hear of them. */
export const ConsentPage = ({ visitor, app, scopes, action, asked }: ConsentPageProps) => (
  <Narrow title={words.openid.consent.title(app)}>
    <p class="lead long">{words.dashboard.signedInAs(<Address of={visitor.account.email} />)}</p>
    <p>{words.openid.consent.lead(app)}</p>
    <ul class="list">
      {toldBy(scopes).map((text) => (
        <li>{text}</li>
      ))}
    </ul>
    <div class="row">
      <ButtonForm action={action} class="primary" fields={{ asked }}>
        {words.openid.consent.allow}
      </ButtonForm>
      <ButtonForm action={`${action}/cancel`} class="plain" fields={{ asked }}>
        {words.openid.consent.deny}
      </ButtonForm>
    </div>
  </Narrow>
)
