import type { Context, TypedResponse } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { AppEnv } from '../../http/env.ts'

/** A JSON answer with every answer's headers, set together: one by one, they would cost half as much again. */
export function answer<Env extends AppEnv, Data, Status extends ContentfulStatusCode>(
  c: Context<Env>,
  data: Data,
  status: Status,
): Response & TypedResponse<Data, Status, 'json'> {
  const headers = c.get('headers').json
  return new Response(JSON.stringify(data), { status, headers }) as Response & TypedResponse<Data, Status, 'json'>
}

/** Done, with nothing to say. */
export const done = <Env extends AppEnv>(c: Context<Env>) => c.body(null, 204, c.get('headers').all)
