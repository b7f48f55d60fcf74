import { Icon } from '../../core/ui'
import { print } from '../../core/ui/icons'

/** The browser shows the PDF and prints it. */
export const Slip = ({ of, step, label, main }: { of: string; step: string; label: string; main?: boolean }) => (
  <a class={main ? 'button main' : 'button'} href={`/api/dossiers/desk/${of}/slips/${step}`} target="_blank" rel="noopener">
    <Icon of={print} />
    {label}
  </a>
)
