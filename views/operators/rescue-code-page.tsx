import { Operate } from '../layouts.tsx'
import type { Visitor } from '../ui/types.ts'
import { When } from '../ui/when.tsx'
import { words } from '../words/words.ts'

type RescueCodePageProps = { visitor: Visitor; account: string; code: string; until: Date }

/** The code for somebody who has lost the second factor. It is on no other page. */
export const RescueCodePage = ({ visitor, account, code, until }: RescueCodePageProps) => (
  <Operate title={words.operators.changes.rescue.title} visitor={visitor} current="accounts">
    <div class="panel stack">
      <p class="lead">{words.operators.rescueCode.lead}</p>
      <p>
        <code class="key">{code}</code>
      </p>
      <p class="hint">
        {words.operators.rescueCode.until} <When at={until} />
      </p>
      <p>{words.operators.rescueCode.how}</p>
      <p>
        <a class="button" href={`/operate/accounts/${account}`}>
          {words.operators.rescueCode.back}
        </a>
      </p>
    </div>
  </Operate>
)
