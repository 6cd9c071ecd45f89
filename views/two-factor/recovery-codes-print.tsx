import { Document } from '../document.tsx'
import { Address } from '../ui/address.tsx'
import { RecoveryCodeList } from '../ui/recovery-code-list.tsx'
import type { RecoveryCode } from '../ui/types.ts'
import { When } from '../ui/when.tsx'
import { words } from '../words/words.ts'

type RecoveryCodesPrintProps = {
  account: string
  issuer: string
  site: string
  madeAt: Date
  codes: RecoveryCode[]
  backHref: string
}

/** Made for paper: what the codes are for, whose they are, and a box to tick for each one used. */
export const RecoveryCodesPrint = ({ account, issuer, site, madeAt, codes, backHref }: RecoveryCodesPrintProps) => (
  <Document title={words.twoFactor.codes.paper.title} class="paper">
    <main class="stack loose" data-print>
      <h1>{words.twoFactor.codes.paper.title}</h1>
      <dl class="details">
        <div>
          <dt>{words.twoFactor.codes.paper.account}</dt>
          <dd>
            {issuer} (<Address of={account} />)
          </dd>
        </div>
        <div>
          <dt>{words.twoFactor.codes.paper.site}</dt>
          <dd>{site}</dd>
        </div>
        <div>
          <dt>{words.twoFactor.codes.paper.madeAt}</dt>
          <dd>
            <When at={madeAt} inUtc />
          </dd>
        </div>
        <div>
          <dt>{words.twoFactor.codes.paper.codes}</dt>
          <dd>{words.twoFactor.codes.paper.left(codes.length, codes.filter(({ usedAt }) => !usedAt).length)}</dd>
        </div>
      </dl>
      <RecoveryCodeList codes={codes} />
      <p>{words.twoFactor.codes.paper.how}</p>
      <p class="row">
        <a class="button" href={backHref}>
          {words.ui.back}
        </a>
      </p>
    </main>
  </Document>
)
