import { useEffect } from 'preact/hooks'
import { Note } from '../../core/ui'
import { begun } from '../../core/ui/Screens'
import { moment } from '../times'
import { Facts, Name, Panel, Screen } from '../ui'
import type { Whole } from './Dossier'
import { Slip } from './Slip'
import { t } from './text'
import Texting from './texting/Texting'

/** It is taken in: its code, the day, and the receipt on paper or as a text. */
export default function Made({ one, again }: { one: Whole; again: () => void }) {
  useEffect(begun, [])
  const receipt = one.steps.find(step => step.slip)
  return (
    <Screen title={t.made} back={['/staff/dossiers', t.title]} narrow>
      <Panel>
        <p class="big-code mono">{one.code}</p>
        <Facts
          of={[
            [t.name, one.name && <Name of={one.name} />],
            [t.procedure, <span lang="vi">{one.title}</span>],
            [t.due, one.due_at ? moment(one.due_at) : t.noDate],
          ]}
        />
        {!one.clock.sure && <Note tone="warn">{t.unsure}</Note>}
        <div class="buttons">
          {receipt && <Slip of={one.id} step={receipt.id} label={t.printReceipt} main />}
          <a class="button" href={`/staff/dossiers/${one.id}`}>
            {t.openDossier}
          </a>
          <button class="button" type="button" onClick={again}>
            {t.another}
          </button>
        </div>
        {receipt && <Texting one={one} step={receipt} whole />}
      </Panel>
    </Screen>
  )
}
