import { inWords } from './words.ts'

const afterwards = (sentence: string) =>
  sentence.includes('Try again') ? 'You can try again now.' : 'The next code is there now.'

/** A sentence of refusal. Where it names the wait, the script counts that down and says `data-afterwards` at the end. */
export const Message = ({ text, waitSeconds }: { text: string; waitSeconds?: number | undefined }) => {
  const wait = waitSeconds ? inWords(waitSeconds) : ''
  const at = wait ? text.lastIndexOf(wait) : -1
  if (at < 0) return <>{text}</>

  const start = text.lastIndexOf('. ', at) + 1
  const before = text.slice(start, at)
  return (
    <>
      {text.slice(0, start)}
      <span data-afterwards={afterwards(before)}>
        {before}
        {/* A timer is not read out at every tick, even inside an alert. */}
        <strong role="timer" data-countdown={waitSeconds}>
          {wait}
        </strong>
        {text.slice(at + wait.length)}
      </span>
    </>
  )
}
