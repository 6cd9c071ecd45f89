import { Settings } from '../layouts.tsx'
import { CalloutBox } from '../ui/callout-box.tsx'
import { RecoveryCodeList } from '../ui/recovery-code-list.tsx'
import type { Callout, RecoveryCode, Visitor } from '../ui/types.ts'
import { When } from '../ui/when.tsx'
import { words } from '../words/words.ts'
import { RecoveryCodeActions } from './recovery-code-actions.tsx'
import { RegenerateButton, RegeneratePopUp } from './regenerate-pop-up.tsx'

type RecoveryCodesPageProps = { visitor: Visitor; flash?: Callout | undefined; codes: RecoveryCode[]; madeAt: Date }

const SomeLeft = ({ codes }: { codes: RecoveryCode[] }) => (
  <>
    <div class="panel stack kept">
      <RecoveryCodeList codes={codes} />
      <RecoveryCodeActions path="/settings/two-factor/recovery-codes">
        <a class="button plain" href="/settings/account">
          {words.ui.close}
        </a>
      </RecoveryCodeActions>
    </div>
    <section class="panel stack">
      <h2>{words.twoFactor.codes.lostList}</h2>
      <p class="lead">{words.twoFactor.codes.newReplace}</p>
      <div class="row">
        <RegenerateButton />
      </div>
    </section>
  </>
)

const NoneLeft = ({ codes, flash }: { codes: RecoveryCode[]; flash: Callout | undefined }) => (
  <>
    {flash?.tone !== 'warn' && <CalloutBox of={{ tone: 'warn', ...words.twoFactor.codes.allUsed }} />}
    <div class="row">
      <RegenerateButton class="primary" />
    </div>
    <div class="panel">
      <RecoveryCodeList codes={codes} />
    </div>
  </>
)

/** For an account that came from elsewhere: nobody has seen its codes, and none of them works. */
const NoneYet = () => (
  <>
    <CalloutBox of={{ tone: 'warn', ...words.twoFactor.codes.noneYet }} />
    <div class="row">
      <RegenerateButton class="primary" />
    </div>
  </>
)

/** The recovery codes, looked at again. With none left, making new ones is all there is to do. */
export const RecoveryCodesPage = ({ visitor, flash, codes, madeAt }: RecoveryCodesPageProps) => {
  const anyLeft = codes.some(({ usedAt }) => usedAt === null)
  const anyYet = codes.some(({ usedAt }) => usedAt?.getTime() !== madeAt.getTime())
  return (
    <Settings title={words.twoFactor.codes.title} visitor={visitor} current="account">
      <CalloutBox of={flash} />
      {anyYet && <p class="lead">{words.twoFactor.codes.lead(<When at={madeAt} inUtc />)}</p>}
      {anyLeft ? <SomeLeft codes={codes} /> : anyYet ? <NoneLeft codes={codes} flash={flash} /> : <NoneYet />}
      <RegeneratePopUp set={String(madeAt.getTime())} />
    </Settings>
  )
}
