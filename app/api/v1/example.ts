import type { Document } from './document.ts'

type Operation = NonNullable<NonNullable<NonNullable<Document['paths']>[string]>['post']>
type Schema = {
  $ref?: string
  type?: string | string[]
  enum?: unknown[]
  example?: unknown
  format?: string
  default?: unknown
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
}

/** What an operation answers on success: its first answer with a body, or undefined. */
export function answerExample(document: Document, operation: Operation): { status: string; body: unknown } | undefined {
  for (const [status, response] of Object.entries(operation.responses ?? {})) {
    const content = (response as { content?: Record<string, { schema?: unknown }> }).content
    const schema = content?.['application/json']?.schema as Schema | undefined
    if (status.startsWith('2') && schema) return { status, body: exampleValue(document, schema) }
  }
  return undefined
}

/** A body that an operation takes: its schema's examples, or plain values. Undefined if it takes none. */
export function exampleOf(document: Document, operation: Operation): unknown {
  const content =
    operation.requestBody && 'content' in operation.requestBody ? operation.requestBody.content : undefined
  const schema = content?.['application/json']?.schema as Schema | undefined
  return schema && exampleValue(document, schema)
}

function exampleValue(document: Document, given: Schema): unknown {
  const schema = given.$ref
    ? ((document.components?.schemas?.[given.$ref.split('/').at(-1) ?? ''] ?? {}) as Schema)
    : given
  if (schema.example !== undefined) return schema.example
  if (schema.enum) return schema.enum[0]
  if (schema.properties) {
    const wanted = Object.entries(schema.properties).filter(([name]) => schema.required?.includes(name))
    return Object.fromEntries(wanted.map(([name, property]) => [name, exampleValue(document, property)]))
  }
  if (schema.items) return [exampleValue(document, schema.items)]
  const types = [schema.type].flat()
  if (types.includes('boolean')) return false
  return types.includes('integer') || types.includes('number') ? 1 : '…'
}
