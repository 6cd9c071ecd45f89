import { words } from '../../../words/words.ts'

/** What an authenticator app is, and how to get one: for somebody who reads about it here for the first time. */
export const NeedAnApp = () => {
  const { summary, what, these, apps, toAdd, steps, others } = words.twoFactor.needAnApp
  return (
    <details>
      <summary>{summary}</summary>
      <div class="stack tight">
        <p>{what}</p>
        <p>{these}</p>
        <ul>
          {apps.map((app) => (
            <li>{app}</li>
          ))}
        </ul>
        <p>{toAdd}</p>
        <ol>
          {steps.map((step) => (
            <li>{step}</li>
          ))}
        </ol>
        <p class="hint">{others}</p>
      </div>
    </details>
  )
}
