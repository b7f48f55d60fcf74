/** What becomes of something that the server has refused. */
import { change, drop, type Item, picturesOf } from '../kept'
import { send, told } from '../outbox'

/** A draft again, as before it was refused; `anew`: of a report of its own. What its id is spent on goes on under another one. */
const again = (operation: string, anew = false) =>
  change(operation, async (item, pictures, items) => {
    if (!item.refusal) return
    const spent = item.refusal.type === 'operation-used-for-another'
    item.stage = 'draft'
    delete item.refusal
    if (anew) {
      delete item.about
      for (const shot of item.photos) delete shot.kept
    }
    if (!spent) return
    item.operation = crypto.randomUUID()
    for (const { number } of item.photos) {
      const picture = await pictures.get([operation, number])
      if (picture) await pictures.put(picture, [item.operation, number])
    }
    await pictures.delete(picturesOf(operation))
    await items.delete(operation)
  })

/** To be changed after it was refused, `anew` as a report of its own; under which id. */
export async function rewrite({ operation }: Item, anew?: boolean): Promise<string> {
  const item = await again(operation, anew)
  await told()
  return item?.operation ?? operation
}

/** The server has it, but not that photo: without it the report is whole. */
export async function without(operation: string, number: number) {
  await drop(operation, number)
  await change(operation, it => {
    if (it.stage === 'refused' && !it.photos.some(one => one.refusal)) it.stage = 'waiting'
  })
  await told()
  void send()
}
