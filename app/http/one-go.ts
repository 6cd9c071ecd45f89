import { createContext, useContext } from 'hono/jsx'

/**
 * Our pages are made in one go: no component of theirs waits. hono/jsx is ready for those that do, and looks once for Node's
 * AsyncLocalStorage. With that, Node before 24 follows every promise of the process from the first page on, which took a fifth of the
 * answers of the API. So it finds none, and a context is that of the one page that is being made.
 */
export function makePagesInOneGo(): void {
  const node = process as { getBuiltinModule?: unknown }
  const { getBuiltinModule } = node
  node.getBuiltinModule = undefined
  useContext(createContext(undefined))
  node.getBuiltinModule = getBuiltinModule
}
