import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { Icon } from '../../core/ui'
import { film } from './drawings'
import { picture } from './kept'
import { t } from './text'

/** A photo that lies on this phone. */
export function Thumb({ operation, number }: { operation: string; number: number }) {
  const url = useSignal('')
  useEffect(() => {
    let made = ''
    if (!number) return
    void picture(operation, number).then(blob => blob && (url.value = made = URL.createObjectURL(blob)))
    return () => URL.revokeObjectURL(made)
  }, [operation, number])
  if (!number)
    return (
      <span class="shot film">
        <Icon of={film} />
        {t.photo(0)}
      </span>
    )
  return url.value ? <img class="shot" src={url.value} alt={t.photo(number)} /> : <span class="shot" />
}
