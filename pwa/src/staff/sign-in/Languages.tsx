import { type Language, languages } from '../../core/language'
import { choose, language } from '../../core/text'
import { t } from '../text'

/** The three languages in a line, for where there are no settings yet. */
export const Languages = () => (
  <div class="languages" role="group" aria-label={t.language}>
    {(Object.keys(languages) as Language[]).map(one => (
      <button key={one} class="button bare" type="button" lang={one} aria-pressed={one === language.value} onClick={() => void choose(one)}>
        {languages[one]}
      </button>
    ))}
  </div>
)
