import { createContext, type PropsWithChildren, useContext } from 'hono/jsx'
import { once } from './once.ts'
import { words } from './words/words.ts'

/** Where the browser finds what every page needs (the server gives the names with their hashes), and the site's name. */
export const AssetsContext = createContext({
  stylesheet: '/assets/latchkey.css',
  script: '/assets/enhance.js',
  passkeyScript: '/assets/passkey.js',
  icon: '/favicon.svg',
  issuer: 'Latchkey',
})

type DocumentProps = PropsWithChildren<{ title: string; class?: string | undefined }>

/** The HTML page around everything; the doctype is the server's. */
export const Document = ({ title, class: className, children }: DocumentProps) => {
  const { stylesheet, script, icon, issuer } = useContext(AssetsContext)
  return (
    <html lang={words.language} class={className}>
      <head>
        {once(`head ${stylesheet} ${script} ${icon}`, () => (
          <>
            <meta charset="utf-8" />
            <meta name="viewport" content="width=device-width, initial-scale=1" />
            {/* A proxy may add its own Referrer-Policy, and no-referrer makes browsers send Origin: null with our forms. */}
            <meta name="referrer" content="same-origin" />
            <meta name="color-scheme" content="light dark" />
            <link rel="icon" href={icon} type="image/svg+xml" />
            <link rel="stylesheet" href={stylesheet} />
            <script type="module" src={script} />
          </>
        ))}
        <title>{words.ui.title(title, issuer)}</title>
      </head>
      <body>{children}</body>
    </html>
  )
}
