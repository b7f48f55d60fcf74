import { Icon } from '../../../../core/ui'

type Props = { icon: string; label: string; accept: string; multiple?: boolean; busy: boolean; take: (files: File[]) => void }

/** The last in a row of shots: takes files from the phone. */
export const Take = ({ icon, label, accept, multiple = false, busy, take }: Props) => (
  <li>
    <label class="shot-add">
      <Icon of={icon} />
      <span>{label}</span>
      {/* Without `capture`: on Android that takes the gallery away. */}
      <input
        type="file"
        accept={accept}
        multiple={multiple}
        disabled={busy}
        onChange={event => {
          const files = [...(event.currentTarget.files ?? [])]
          event.currentTarget.value = ''
          take(files)
        }}
      />
    </label>
  </li>
)
