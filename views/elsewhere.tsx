import { raw } from 'hono/html'
import { type PropsWithChildren, useContext } from 'hono/jsx'
import { AssetsContext } from './document.tsx'
import { words } from './words/words.ts'

/** A page that another host shows in our name, with its style inside: nothing of ours is to be had there. */
export const Elsewhere = ({ title, style, children }: PropsWithChildren<{ title: string; style: string }>) => (
  <html lang={words.language}>
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <style>{raw(style)}</style>
      <title>{words.ui.title(title, useContext(AssetsContext).issuer)}</title>
    </head>
    <body>
      <main>
        <h1>{title}</h1>
        {children}
      </main>
    </body>
  </html>
)
