import type { RecoveryCodeCount } from './types.ts'

const DASH = 10

/** How many recovery codes are left, as a row of dashes. Decoration: the number stands beside it. */
export const RecoveryCodeMeter = ({ left, of, areFew }: RecoveryCodeCount) => (
  <svg class={areFew ? 'meter low' : 'meter'} viewBox={`0 0 ${of * DASH} 6`} aria-hidden="true">
    <path d={`M0 3h${of * DASH}`} />
    {left > 0 && <path class="left" d={`M0 3h${left * DASH}`} />}
  </svg>
)
