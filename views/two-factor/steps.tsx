/** Which of the two steps this is, as bars; the heading says it in words. */
export const Steps = ({ step }: { step: 1 | 2 }) => (
  <svg class="steps" viewBox="0 0 200 4" preserveAspectRatio="none" aria-hidden="true">
    <path d="M0 2h98" class="reached" />
    <path d="M102 2h98" class={step === 2 ? 'reached' : undefined} />
  </svg>
)
