import { ErrorPage } from '../error-page.tsx'
import { words } from '../words/words.ts'

/** In the place of the form, for somebody who can't make an account here. */
export const NoSignUpPage = ({ reason }: { reason: keyof typeof words.signIn.noSignUp }) => (
  <ErrorPage {...words.signIn.noSignUp[reason]} link={{ href: '/sign-in', text: words.signIn.signIn.title }} />
)
