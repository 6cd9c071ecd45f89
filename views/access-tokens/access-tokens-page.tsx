import { Settings } from '../layouts.tsx'
import { Pressed } from '../ui/button-form.tsx'
import { CalloutBox } from '../ui/callout-box.tsx'
import { ErrorSummary } from '../ui/error-summary.tsx'
import { Message } from '../ui/message.tsx'
import type { Callout, FormState, Visitor } from '../ui/types.ts'
import { words } from '../words/words.ts'
import { FrozenTokens } from './frozen-tokens.tsx'
import { TokenTable } from './token-table.tsx'
import type { ListedToken } from './types.ts'

type AccessTokensPageProps = {
  visitor: Visitor
  flash?: Callout | undefined
  tokens: ListedToken[]
  form: FormState<'tokens' | 'password'>
  now: Date
  frozenSince: Date | null
}

const Generate = () => (
  <a class="button primary" href="/settings/tokens/generate">
    {words.accessTokens.generate}
  </a>
)

/** The account's access tokens, and the ways to change them. */
export const AccessTokensPage = ({ visitor, flash, tokens, form, now, frozenSince }: AccessTokensPageProps) => (
  <Settings title={words.accessTokens.title} visitor={visitor} current="tokens">
    <ErrorSummary form={form} />
    <CalloutBox of={flash} />
    {frozenSince && <FrozenTokens visitor={visitor} since={frozenSince} form={form} />}
    <p class="lead">
      {words.accessTokens.lead((api) => (
        <a href="/api/docs">{api}</a>
      ))}
    </p>
    {tokens.length > 0 ? (
      <form method="post" action="/settings/tokens" class="panel stack" novalidate>
        <Pressed />
        <TokenTable tokens={tokens} form={form} now={now} />
        {form.errors?.tokens && (
          <p class="error" id="tokens-error">
            <Message said={form.errors.tokens} />
          </p>
        )}
        <div class="row">
          <Generate />
          <button type="submit" class="danger">
            {words.ui.remove}
          </button>
        </div>
      </form>
    ) : (
      <div class="panel stack">
        <p>{words.accessTokens.none}</p>
        <div class="row">
          <Generate />
        </div>
      </div>
    )}
  </Settings>
)
