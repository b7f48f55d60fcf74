/** What is missing in an article, in words. */
import type { Lack, Lang } from './content'
import { t } from './text'

export const sentence = ({ field, why }: Lack) => {
  const [lang, part] = field.split('.') as [string, string?]
  const name = part ? `${t.fields[part as 'title']} (${t.langs[lang as Lang]})` : t.fields[field as 'source']
  return `${name}: ${t.whys[why as 'missing']}`
}
export const lackOf = (lacks: Lack[], field: string) => lacks.filter(one => one.field === field).map(one => t.whys[one.why as 'missing']).join(' ') || undefined
