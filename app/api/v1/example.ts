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

/** A body that an operation takes: the examples of its schema, and plain values where there is none. Undefined where it takes none. */
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
  return schema.type === 'boolean' ? false : schema.type === 'integer' || schema.type === 'number' ? 0 : '…'
}
