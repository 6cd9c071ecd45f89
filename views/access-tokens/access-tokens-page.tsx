import { Settings } from '../layouts.tsx'
import { Pressed } from '../ui/button-form.tsx'
import { ErrorSummary } from '../ui/error-summary.tsx'
import { NoticeBox } from '../ui/notice-box.tsx'
import type { FormState, Notice, Viewer } from '../ui/types.ts'
import { FrozenTokens } from './frozen-tokens.tsx'
import { TokenTable } from './token-table.tsx'
import type { ListedToken } from './types.ts'

type AccessTokensPageProps = {
  viewer: Viewer
  notice?: Notice | undefined
  tokens: ListedToken[]
  form: FormState<'tokens' | 'password'>
  now: Date
  frozenSince: Date | null
}

const Generate = () => (
  <a class="button primary" href="/settings/tokens/generate">
    Generate
  </a>
)

/** The account's access tokens, and the ways to change them. */
export const AccessTokensPage = ({ viewer, notice, tokens, form, now, frozenSince }: AccessTokensPageProps) => (
  <Settings title="Access Tokens" viewer={viewer} current="tokens">
    <ErrorSummary form={form} />
    <NoticeBox notice={notice} />
    {frozenSince && <FrozenTokens viewer={viewer} since={frozenSince} form={form} />}
    <p class="lead">
      A script that carries one reaches the <a href="/api/docs">API</a> without your password and without a code.
    </p>
    {tokens.length > 0 ? (
      <form method="post" action="/settings/tokens" class="panel stack" novalidate>
        <Pressed />
        <TokenTable tokens={tokens} form={form} now={now} />
        {form.errors?.tokens && (
          <p class="error" id="tokens-error">
            {form.errors.tokens}
          </p>
        )}
        <div class="row">
          <Generate />
          <button type="submit" class="danger">
            Remove
          </button>
        </div>
      </form>
    ) : (
      <div class="panel stack">
        <p>You have no access tokens yet. Generate one for each script, so that you can remove them one by one.</p>
        <div class="row">
          <Generate />
        </div>
      </div>
    )}
  </Settings>
)
