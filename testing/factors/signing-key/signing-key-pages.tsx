import { SecondStepForm, type SecondStepFrame } from '#views/sign-in/second-step-form.tsx'
import { EnrolForm, type EnrolFrame, EnrolFramePage } from '#views/two-factor/enrol-frame.tsx'

/** A script would fill these in. The challenge stands where it finds it. */
const Answer = ({ challenge }: { challenge: string }) => (
  <>
    <input type="hidden" name="public_key" value="" data-challenge={challenge} />
    <input type="hidden" name="signature" value="" />
    <input type="hidden" name="count" value="" />
  </>
)

export const SigningKeyPage = ({ frame, challenge }: { frame: EnrolFrame; challenge: string }) => (
  <EnrolFramePage frame={frame} title="Register a Signing Key" lead="Connect the device, and touch it.">
    <EnrolForm frame={frame}>
      <Answer challenge={challenge} />
    </EnrolForm>
  </EnrolFramePage>
)

type SigningKeyFormProps = { frame: SecondStepFrame; challenge: string; keys: string[] }

export const SigningKeyForm = ({ frame, challenge, keys }: SigningKeyFormProps) => (
  <SecondStepForm frame={frame}>
    <Answer challenge={challenge} />
    <button type="submit" data-keys={keys.join(' ')}>
      Use a signing key
    </button>
  </SecondStepForm>
)
