import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { recent } from '../../core/preferences'
import type { Saved } from '../../core/storage'
import { stores } from '../../core/stores'
import { day } from '../../core/text'
import { Empty, Icon, Page, Row, Skeleton } from '../../core/ui'
import { book, clock, close } from '../../core/ui/icons'
import './catalogue.css'
import { t } from './text'

export default function SavedScreen() {
  const all = useSignal<Saved[]>()
  const gone = useSignal<Saved>()
  const load = () => stores().then(({ saved }) => saved.all()).then(list => (all.value = list), () => (all.value = []))
  useEffect(() => void load(), [])

  const remove = async (one: Saved) => {
    await (await stores()).saved.remove(one.code)
    gone.value = one
    await load()
  }
  const undo = async () => {
    await (await stores()).saved.put(gone.value!.procedure)
    gone.value = undefined
    await load()
  }

  return (
    <Page title={t.savedTitle}>
      <div role="status">
        {gone.value && (
          <p class="note">
            {t.removed}
            <button class="button bare" type="button" onClick={() => void undo()}>
              {t.undo}
            </button>
          </p>
        )}
      </div>
      {!all.value ? (
        <Skeleton />
      ) : all.value.length ? (
        <ul class="rows">
          {all.value.map(one => (
            <li key={one.code} class="kept">
              <ul>
                <Row href={`/procedures/${one.code}`} icon={book} title={one.procedure.title} lang="vi">
                  <span class="hint">{t.savedOn(day(one.at))}</span>
                </Row>
              </ul>
              <button class="button bare" type="button" aria-label={t.removeOne(one.procedure.title)} title={t.remove} onClick={() => void remove(one)}>
                <Icon of={close} />
              </button>
            </li>
          ))}
        </ul>
      ) : (
        <Empty title={t.savedEmpty}>
          <p>{t.savedEmptyText}</p>
          <a class="button main" href="/search">
            {t.searchTitle}
          </a>
        </Empty>
      )}
      {recent.value.length > 0 && (
        <section class="section">
          <div class="section-head">
            <h2>{t.recent}</h2>
            <button class="button bare" type="button" onClick={() => (recent.value = [])}>
              {t.forgetRecent}
            </button>
          </div>
          <ul class="rows">
            {recent.value.map(one => (
              <Row key={one.code} href={`/procedures/${one.code}`} icon={clock} title={one.title} lang="vi" />
            ))}
          </ul>
        </section>
      )}
      <p class="hint">
        {t.onlyHere} {/iP(hone|ad)/.test(navigator.userAgent) && t.onlyHereIphone}
      </p>
    </Page>
  )
}
