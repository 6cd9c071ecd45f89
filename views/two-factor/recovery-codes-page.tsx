import { Settings } from '../layouts.tsx'
import { NoticeBox } from '../ui/notice-box.tsx'
import { RecoveryCodeList } from '../ui/recovery-code-list.tsx'
import type { Notice, RecoveryCode, Viewer } from '../ui/types.ts'
import { When } from '../ui/when.tsx'
import { RecoveryCodeActions } from './recovery-code-actions.tsx'
import { RegenerateButton, RegeneratePopUp } from './regenerate-pop-up.tsx'

type RecoveryCodesPageProps = { viewer: Viewer; notice?: Notice | undefined; codes: RecoveryCode[]; madeAt: Date }

const NONE_LEFT: Notice = {
  tone: 'warn',
  title: 'All recovery codes are used.',
  text: 'Generate new ones now: without them, a lost phone locks you out.',
}

const SomeLeft = ({ codes }: { codes: RecoveryCode[] }) => (
  <>
    <div class="panel stack kept">
      <RecoveryCodeList codes={codes} />
      <RecoveryCodeActions path="/settings/two-factor/recovery-codes">
        <a class="button plain" href="/settings/account">
          Close
        </a>
      </RecoveryCodeActions>
    </div>
    <section class="panel stack">
      <h2>Lost the list, or running low?</h2>
      <p class="lead">New codes replace the whole list at once. The old ones no longer work then.</p>
      <div class="row">
        <RegenerateButton />
      </div>
    </section>
  </>
)

const NoneLeft = ({ codes, notice }: { codes: RecoveryCode[]; notice: Notice | undefined }) => (
  <>
    {notice?.tone !== 'warn' && <NoticeBox notice={NONE_LEFT} />}
    <div class="row">
      <RegenerateButton class="primary" />
    </div>
    <div class="panel">
      <RecoveryCodeList codes={codes} />
    </div>
  </>
)

/** The recovery codes, looked at again. With none left, making new ones is all there is to do. */
export const RecoveryCodesPage = ({ viewer, notice, codes, madeAt }: RecoveryCodesPageProps) => {
  const anyLeft = codes.some(({ usedAt }) => usedAt === null)
  return (
    <Settings title="Recovery Codes" viewer={viewer} current="account">
      <NoticeBox notice={notice} />
      <p class="lead">
        Each code opens your account once when your phone is not at hand. These were made at <When at={madeAt} inUtc />.
      </p>
      {anyLeft ? <SomeLeft codes={codes} /> : <NoneLeft codes={codes} notice={notice} />}
      <RegeneratePopUp set={String(madeAt.getTime())} />
    </Settings>
  )
}
