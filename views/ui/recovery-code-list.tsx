import type { RecoveryCode } from './types.ts'
import { When } from './when.tsx'

const Used = ({ usedAt }: { usedAt: Date | null }) => (
  <>
    <del>•••••-•••••</del>
    {usedAt && (
      <small>
        used <When at={usedAt} to="day" />
      </small>
    )}
  </>
)

/** Recovery codes, numbered in their order; the used ones struck out with their date. */
export const RecoveryCodeList = ({ codes }: { codes: RecoveryCode[] }) => (
  <ol class="codes" id="codes">
    {codes.map(({ code, usedAt }) => (
      <li>{code ? <code data-code>{code}</code> : <Used usedAt={usedAt} />}</li>
    ))}
  </ol>
)
