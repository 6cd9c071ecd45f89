import type { Said } from './types.ts'
import { waitInWords } from './wait.ts'

/** A sentence of refusal. Where it names a wait, the script counts that down and says `data-afterwards` at the end. */
export const Message = ({ said }: { said: Said }) => {
  if (typeof said === 'string') return <>{said}</>
  const { before, seconds, wait, afterwards } = said
  return (
    <>
      {before}
      <span data-afterwards={afterwards}>
        {' '}
        {wait(
          // A timer is not read out at every tick, even inside an alert.
          <strong role="timer" data-countdown={seconds}>
            {waitInWords(seconds)}
          </strong>,
        )}
      </span>
    </>
  )
}
