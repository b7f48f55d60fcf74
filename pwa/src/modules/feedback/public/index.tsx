/** What everybody may see of the reports. One part for the app to know of: the others are fetched from here. */
import { useRoute } from 'preact-iso'
import { ready } from '../../../core/text'
import { lazy } from '../../../core/screen'
import { t } from './text'

await ready(t)
const Public = lazy(() => import('./Public'))
const Seen = lazy(() => import('./Seen'))
const Figures = lazy(() => import('./Figures'))

export default function Everybodys() {
  const { id } = useRoute().params as { id?: string }
  return !id ? <Public /> : id === 'figures' ? <Figures /> : <Seen id={id} />
}
