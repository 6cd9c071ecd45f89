import type { PropsWithChildren } from 'hono/jsx'
import { Settings } from '../layouts.tsx'
import { TestCodeForm } from '../two-factor/test-code-form.tsx'
import { RecoveryCodeMeter } from '../ui/recovery-code-meter.tsx'
import type { RecoveryCodeCount, Visitor } from '../ui/types.ts'
import { When } from '../ui/when.tsx'
import { words } from '../words/words.ts'

type Owner = Visitor & { account: { secondFactorSince: Date | null; emailConfirmedAt: Date | null } }
type Part = 'second_factor' | 'recovery_codes' | 'browsers' | 'tokens' | 'email'
type Token = Readonly<{ description: string; hint: string; expiresAt: Date | null }>

type CheckUpPageProps = {
  visitor: Owner
  /** The parts that need a look. */
  toLookAt: Part[]
  /** Null while the second factor is off. */
  recoveryCodes: (RecoveryCodeCount & { seenAt: Date | null; isLongAgo: boolean }) | null
  browsers: { sessions: number; unseen: number }
  tokens: { unused: readonly Token[]; ending: readonly Token[] }
  sendsMail: boolean
}

type ItemProps = PropsWithChildren<{ title: string; look: boolean; to: { href: string; text: string } }>

const Item = ({ title, look, to, children }: ItemProps) => (
  <section class="item">
    <div class="stack tight">
      <div class="row">
        <h2>{title}</h2>
        <span class={look ? 'mark warn' : 'mark good'}>{look ? words.checkUp.look : words.checkUp.fine}</span>
      </div>
      {children}
    </div>
    <a class="button" href={to.href}>
      {to.text}
    </a>
  </section>
)

const RecoveryCodes = ({ of, look }: { of: NonNullable<CheckUpPageProps['recoveryCodes']>; look: boolean }) => (
  <Item
    title={words.checkUp.recoveryCodes.title}
    look={look}
    to={{ href: '/settings/two-factor/recovery-codes/confirm', text: words.twoFactor.flows.view.title }}
  >
    {of.seenAt && <p>{words.checkUp.recoveryCodes.left(of.left, of.of, <When at={of.seenAt} to="day" />)}</p>}
    {of.areFew && <p>{words.checkUp.recoveryCodes.few}</p>}
    {of.isLongAgo && <p>{words.checkUp.recoveryCodes.longAgo}</p>}
    <RecoveryCodeMeter {...of} />
  </Item>
)

const Browsers = ({ sessions, unseen }: CheckUpPageProps['browsers']) => (
  <Item
    title={words.checkUp.browsers.title}
    look={sessions + unseen > 0}
    to={{ href: '/settings/sessions', text: words.settings.sessions.title }}
  >
    {sessions + unseen === 0 && <p>{words.checkUp.browsers.fine}</p>}
    {sessions > 0 && <p>{words.checkUp.browsers.sessions(sessions)}</p>}
    {unseen > 0 && <p>{words.checkUp.browsers.unseen(unseen)}</p>}
  </Item>
)

const TokenList = ({ tokens, ends }: { tokens: readonly Token[]; ends: boolean }) => (
  <ul class="stack tight">
    {tokens.map(({ description, hint, expiresAt }) => (
      <li class="long">
        {description} <code>{hint}</code>
        {ends && expiresAt && words.checkUp.tokens.ends(<When at={expiresAt} />)}
      </li>
    ))}
  </ul>
)

const Tokens = ({ unused, ending }: CheckUpPageProps['tokens']) => (
  <Item
    title={words.accessTokens.title}
    look={unused.length + ending.length > 0}
    to={{ href: '/settings/tokens', text: words.accessTokens.title }}
  >
    {unused.length + ending.length === 0 && <p>{words.checkUp.tokens.none}</p>}
    {unused.length > 0 && (
      <>
        <p>{words.checkUp.tokens.unused(unused.length)}</p>
        <TokenList tokens={unused} ends={false} />
      </>
    )}
    {ending.length > 0 && (
      <>
        <p>{words.checkUp.tokens.ending(ending.length)}</p>
        <TokenList tokens={ending} ends={true} />
      </>
    )}
  </Item>
)

const Email = ({ confirmedAt, look, sendsMail }: { confirmedAt: Date | null; look: boolean; sendsMail: boolean }) => (
  <Item
    title={words.settings.email.title}
    look={look}
    to={{ href: '/settings/email', text: words.settings.email.title }}
  >
    <p>
      {confirmedAt
        ? words.checkUp.email.confirmed(<When at={confirmedAt} to="day" />)
        : sendsMail
          ? words.checkUp.email.unconfirmed
          : words.checkUp.email.unneeded}
    </p>
  </Item>
)

/** Whether everything is in order, one part after the other, and where to put it right. */
export const CheckUpPage = ({ visitor, toLookAt, recoveryCodes, browsers, tokens, sendsMail }: CheckUpPageProps) => {
  const { secondFactorSince, emailConfirmedAt } = visitor.account
  const look = (part: Part) => toLookAt.includes(part)
  return (
    <Settings title={words.checkUp.title} visitor={visitor} current="check-up">
      <div class="panel stack">
        <p class="lead">{words.checkUp.lead}</p>
        <Item
          title={words.settings.account.secondFactor}
          look={look('second_factor')}
          to={{ href: '/settings/account', text: words.settings.account.title }}
        >
          <p>
            {secondFactorSince
              ? words.checkUp.secondFactor.on(<When at={secondFactorSince} to="day" />)
              : words.checkUp.secondFactor.off}
          </p>
        </Item>
        {recoveryCodes && <RecoveryCodes of={recoveryCodes} look={look('recovery_codes')} />}
        <Browsers {...browsers} />
        <Tokens {...tokens} />
        <Email confirmedAt={emailConfirmedAt} look={look('email')} sendsMail={sendsMail} />
      </div>
      {secondFactorSince && (
        <section class="panel stack">
          <h2>{words.checkUp.test.title}</h2>
          <p class="lead">{words.checkUp.test.lead}</p>
          <TestCodeForm form={{}} />
        </section>
      )}
    </Settings>
  )
}
