import { useAsk } from '../../core/ask'
import { language } from '../../core/text'
import { read } from '../access'

/** What reports may be about, those that were withdrawn too; each in the language that is read. */
export function useCategories() {
  const asked = useAsk('desk categories', signal => read('GET /api/feedback/desk/categories', {}, signal))
  const all = asked.value?.items.map(one => ({ ...one, name: one[language.value] })) ?? []
  return { asked, all, name: (slug: string) => all.find(one => one.slug === slug)?.name ?? slug }
}
