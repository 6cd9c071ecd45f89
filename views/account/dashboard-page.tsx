import { Portal } from '../layouts.tsx'
import { FlowButton, FlowPopUp } from '../two-factor/pop-ups.tsx'
import { Address } from '../ui/address.tsx'
import { CalloutBox } from '../ui/callout-box.tsx'
import { EventList } from '../ui/event-list.tsx'
import { RecoveryCodeMeter } from '../ui/recovery-code-meter.tsx'
import type { Callout, Method, Origin, RecoveryCodeCount, Visitor } from '../ui/types.ts'
import { When } from '../ui/when.tsx'
import { words } from '../words/words.ts'

type DashboardPageProps = {
  visitor: Visitor & { account: { secondFactorSince: Date | null; passwordChangedAt: Date } }
  flash?: Callout | undefined
  /** Days until the account needs the second factor that it doesn't have. */
  daysLeft: number | undefined
  /** Something waits for the address to be confirmed. */
  unconfirmed: boolean
  /** How many parts of the check-up need a look. */
  toLookAt: number
  recoveryCodes: RecoveryCodeCount | null
  /** Those that they may open, and whether there may be more. */
  apps: { title: string; href: string }[]
  moreApps: boolean
  session: Origin & { startedAt: Date; method: Method }
  signIns: (Origin & { at: Date; method: Method; current: boolean })[]
}

type ProtectionProps = { visitor: Visitor; since: Date | null; daysLeft: number | undefined }

const Protection = ({ visitor, since, daysLeft }: ProtectionProps) =>
  since ? (
    <CalloutBox
      standing
      of={
        daysLeft === undefined
          ? { tone: 'good', ...words.dashboard.protected }
          : {
              tone: 'warn',
              title: words.dashboard.passkeyDueSoon.title(daysLeft),
              text: words.dashboard.passkeyDueSoon.text,
              link: { href: '/settings/two-factor/add/confirm', text: words.dashboard.passkeyDueSoon.link },
            }
      }
    />
  ) : (
    <CalloutBox
      standing
      of={{
        tone: 'warn',
        ...(daysLeft === undefined
          ? words.dashboard.unprotected
          : { title: words.dashboard.dueSoon.title(daysLeft), text: words.dashboard.dueSoon.text }),
      }}
    >
      <div class="row">
        <FlowButton flow="set-up" class="primary" />
      </div>
      <FlowPopUp visitor={visitor} flow="set-up" />
    </CalloutBox>
  )

const Unconfirmed = ({ daysLeft }: Pick<DashboardPageProps, 'daysLeft'>) => (
  <CalloutBox
    standing
    of={{
      tone: 'warn',
      title: words.dashboard.unconfirmed.title,
      text: [
        words.dashboard.unconfirmed.text,
        ...(daysLeft === undefined ? [] : [words.dashboard.dueSoon.title(daysLeft)]),
      ].join(' '),
      link: { href: '/settings/email', text: words.settings.email.title },
    }}
  />
)

const FewCodes = ({ left }: { left: number }) => (
  <CalloutBox
    standing
    of={{
      tone: 'warn',
      title: words.dashboard.fewCodes.title(left),
      text: words.dashboard.fewCodes.text,
      link: { href: '/settings/two-factor/recovery-codes/confirm', text: words.twoFactor.flows.view.title },
    }}
  />
)

const Facts = ({ visitor, recoveryCodes, session }: DashboardPageProps) => (
  <dl class="facts">
    <div>
      <dt>{words.dashboard.secondFactor}</dt>
      <dd>{visitor.account.secondFactorSince ? words.dashboard.on : words.dashboard.off}</dd>
      {visitor.account.secondFactorSince && (
        <dd>{words.dashboard.since(<When at={visitor.account.secondFactorSince} to="day" />)}</dd>
      )}
    </div>
    <div>
      <dt>{words.dashboard.recoveryCodes}</dt>
      <dd>{recoveryCodes ? words.dashboard.left(recoveryCodes.left, recoveryCodes.of) : words.dashboard.noCodes}</dd>
      {recoveryCodes ? (
        <dd>
          <RecoveryCodeMeter {...recoveryCodes} />
        </dd>
      ) : (
        <dd>{words.dashboard.codesCome}</dd>
      )}
    </div>
    <div>
      <dt>{words.dashboard.session}</dt>
      <dd>{words.origins.browser(session)}</dd>
      <dd>
        {words.dashboard.sinceFrom(
          <When at={session.startedAt} />,
          <span class="address">{words.origins.address(session.address)}</span>,
        )}
      </dd>
    </div>
    <div>
      <dt>{words.dashboard.password}</dt>
      <dd>
        <When at={visitor.account.passwordChangedAt} to="day" />
      </dd>
      <dd>
        <a href="/settings/password">{words.settings.changePassword.title}</a>
      </dd>
    </div>
  </dl>
)

const Apps = ({ apps, moreApps }: Pick<DashboardPageProps, 'apps' | 'moreApps'>) => (
  <section class="panel stack">
    <h2>{words.dashboard.apps}</h2>
    <ul class="row">
      {apps.map(({ title, href }) => (
        <li>
          <a class="button" href={href}>
            {title}
          </a>
        </li>
      ))}
    </ul>
    {moreApps && <p>{words.dashboard.moreApps}</p>}
  </section>
)

/** The security of the account at a glance. */
export const DashboardPage = (props: DashboardPageProps) => {
  const { visitor, flash, unconfirmed, toLookAt, daysLeft, recoveryCodes, apps, moreApps, signIns } = props
  const { secondFactorSince } = visitor.account
  const few = recoveryCodes?.areFew && flash?.tone !== 'warn'
  return (
    <Portal title={words.dashboard.title} visitor={visitor}>
      <p class="lead long">{words.dashboard.signedInAs(<Address of={visitor.account.email} />)}</p>
      <CalloutBox of={flash} />
      {few && <FewCodes left={recoveryCodes.left} />}
      {/* One thing at a time: that all is well is said when there is nothing else to say. */}
      {unconfirmed ? (
        <Unconfirmed daysLeft={daysLeft} />
      ) : (
        (!secondFactorSince || (!flash && !few)) && (
          <Protection visitor={visitor} since={secondFactorSince} daysLeft={daysLeft} />
        )
      )}
      {(apps.length > 0 || moreApps) && <Apps apps={apps} moreApps={moreApps} />}
      <Facts {...props} />
      <p>
        {toLookAt > 0 ? words.checkUp.toLookAt(toLookAt) : words.checkUp.allFine}{' '}
        <a href="/settings/check-up">{words.checkUp.open}</a>
      </p>
      <section class="panel stack">
        <h2>{words.dashboard.lastSignIns}</h2>
        {signIns.length > 0 ? (
          <EventList events={signIns.map(({ method, ...signIn }) => ({ ...signIn, text: words.ui.methods[method] }))} />
        ) : (
          <p class="empty">{words.dashboard.noSignIns}</p>
        )}
        <p>
          <a href="/settings/activity">{words.dashboard.allActivity}</a>
        </p>
      </section>
    </Portal>
  )
}
