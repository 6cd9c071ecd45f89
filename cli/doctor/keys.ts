import { keyReport } from '#app/operators/keys.ts'
import { sealedValueStore } from '#db/stores/sealed-values.ts'
import type { Check, Said } from './check.ts'

export const keys: Check = {
  name: 'keys',
  async look({ database, vault }) {
    if (!database || !vault) return []
    const check = 'keys'
    const report = await keyReport({ sealedValues: sealedValueStore(database), vault })
    const said: Said[] = report.mayGo.map((id) => ({
      ...{ check, is: 'warning' as const, says: `${id} opens nothing any longer` },
      todo: 'Remove it from the keys.',
    }))
    for (const { id, is } of report.keys)
      if (is === 'missing')
        said.push({ check, is: 'fault', says: `${id} is missing`, todo: 'Put it back: latchkey keys list.' })
    if (report.opensWithNone > 0)
      said.push({
        ...{ check, is: 'fault', says: `${report.opensWithNone} values open with none of the keys` },
        todo: 'latchkey keys list names them.',
      })
    return said.length > 0 ? said : [{ check, is: 'ok', says: 'each opens something, and everything opens' }]
  },
}
