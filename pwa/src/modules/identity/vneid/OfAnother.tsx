import { Note } from '../../../core/ui'
import { t } from './text'

/** Somebody used their VNeID while an account was open here that has another one: first that one is signed out. */
export default function OfAnother() {
  return (
    <>
      <Note tone="warn">{t.ofAnother}</Note>
      <a class="button" href="/account">
        {t.openAccount}
      </a>
    </>
  )
}
