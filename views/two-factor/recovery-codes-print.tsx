import { Document } from '../document.tsx'
import { Address } from '../ui/address.tsx'
import { RecoveryCodeList } from '../ui/recovery-code-list.tsx'
import type { RecoveryCode } from '../ui/types.ts'
import { When } from '../ui/when.tsx'

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
  <Document title="Recovery codes" class="paper">
    <main class="stack loose" data-print>
      <h1>Recovery codes</h1>
      <dl class="details">
        <div>
          <dt>Account</dt>
          <dd>
            {issuer} (<Address of={account} />)
          </dd>
        </div>
        <div>
          <dt>Site</dt>
          <dd>{site}</dd>
        </div>
        <div>
          <dt>Made at</dt>
          <dd>
            <When at={madeAt} inUtc />
          </dd>
        </div>
        <div>
          <dt>Codes</dt>
          <dd>
            {codes.length}, of which {codes.filter(({ usedAt }) => !usedAt).length} are left
          </dd>
        </div>
      </dl>
      <RecoveryCodeList codes={codes} />
      <p>
        Sign in with your password, then type one of these where the code is asked for. Each works once: tick it off.
        Whoever holds this paper and knows your password can open your account.
      </p>
      <p class="row">
        <a class="button" href={backHref}>
          Back
        </a>
      </p>
    </main>
  </Document>
)
