import type { PropsWithChildren } from 'hono/jsx'

const Line = ({ children }: PropsWithChildren) => (
  <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
    {children}
  </svg>
)

const Key = () => (
  <svg viewBox="0 0 28 28" aria-hidden="true">
    <rect width="28" height="28" rx="8" fill="var(--accent)" />
    <path
      d="M14 14a4 4 0 1 1-8 0 4 4 0 1 1 8 0h9m-3 0v3.4"
      fill="none"
      stroke="var(--on-accent)"
      stroke-width="2.4"
      stroke-linecap="round"
    />
  </svg>
)

const Shield = () => (
  <Line>
    <path d="M12 3l7 3v5c0 5-3 8-7 10-4-2-7-5-7-10V6z" />
    <path d="M9 12l2 2 4-4" />
  </Line>
)

const Triangle = () => (
  <Line>
    <path d="M12 4l9 16H3z" />
    <path d="M12 10v4m0 3v.01" />
  </Line>
)

const Stop = () => (
  <Line>
    <path d="M8 3h8l5 5v8l-5 5H8l-5-5V8z" />
    <path d="M12 8v5m0 3v.01" />
  </Line>
)

/** The product's drawings. All are decoration: the words beside them say the same. */
export const icons = { Key, Shield, Triangle, Stop }
