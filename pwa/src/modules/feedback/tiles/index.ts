import { ready } from '../../../core/text'
import { t } from './text'
import { Credit, Tiles, wanted } from './Tiles'

/** With their words. */
export async function load() {
  await ready(t)
  return { Credit, Tiles, wanted }
}
