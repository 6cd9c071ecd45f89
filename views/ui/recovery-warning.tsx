import { words } from '../words/words.ts'
import { ButtonForm } from './button-form.tsx'
import { CalloutBox } from './callout-box.tsx'
import { When } from './when.tsx'

/** On every page of somebody who is signed in, while somebody waits to replace the second factor. */
export const RecoveryWarning = ({ opensAt }: { opensAt: Date | null }) =>
  opensAt && (
    <CalloutBox standing of={{ tone: 'bad', text: words.signIn.lostEverything.warning.title }}>
      <p>{words.signIn.lostEverything.warning.text(<When at={opensAt} />)}</p>
      <ButtonForm action="/settings/stop-recovery" class="primary">
        {words.signIn.lostEverything.warning.stop}
      </ButtonForm>
    </CalloutBox>
  )
