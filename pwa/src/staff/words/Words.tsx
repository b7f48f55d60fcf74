import { useRoute } from 'preact-iso'
import { Questions } from './Questions'
import { Rewrites } from './Rewrites'
import { Sayings } from './Sayings'

/** How people speak of procedures: by these words the search finds. */
export default function Words() {
  const { list } = useRoute().params as { list?: string }
  if (list === 'rewrites') return <Rewrites />
  return list === 'questions' ? <Questions /> : <Sayings />
}
