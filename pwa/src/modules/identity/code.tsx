import type { ComponentProps } from 'preact'
import { Problem } from '../../core/api'
import { useLater } from '../../core/later'
import { Skeleton } from '../../core/ui'
import type Form from './CodeForm'

const load = () => import('./CodeForm')
/** To be fetched before a code is sent: else one might come to a phone that cannot take it. */
export const codeForm = () => load().catch(() => Promise.reject(new Problem(0)))

/** The second question, which is not there yet while the first one is asked. */
export function CodeForm(props: ComponentProps<typeof Form>) {
  const part = useLater(load)
  return part ? <part.default {...props} /> : <Skeleton rows={1} />
}
