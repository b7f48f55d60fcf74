/** Every part of the design system with its states, in the colours chosen now. For builders; so its own words stay English. */
import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useRef } from 'preact/hooks'
import { Problem } from '../../core/api'
import { Choices, Empty, Failed, Icon, More, Note, Page, Row, Skeleton } from '../../core/ui'
import { Sheet } from '../../core/ui/Sheet'
import { arrow, back, book, bell, building, check, clock, close, coin, download, filter, gear, house, info, leave, mobile, phone, pin, print, search, share, target, warning, cloud, person, out, card, shield, eye, fingerprint } from '../../core/ui/icons'
import { lazy } from '../../core/screen'
import { CodeField } from '../identity/CodeField'
import { phone as number } from '../identity/digits'
import { NumberField } from '../identity/NumberField'
import { ShownCode } from '../identity/ShownCode'
import '../home/home.css'
import './settings.css'

const colours = ['paper', 'card', 'sunk', 'line', 'edge', 'ink', 'soft', 'mangrove', 'mangrove-wash', 'water', 'water-wash', 'sand', 'sand-wash', 'coral', 'coral-wash', 'dusk-top', 'dusk-low', 'tide', 'mud', 'sun']
// Named one by one: a namespace would cost every visitor a helper in the first file.
const icons = { arrow, back, book, bell, building, check, clock, close, coin, download, filter, gear, house, info, leave, mobile, phone, pin, print, search, share, target, warning, cloud, person, out, card, shield, eye, fingerprint }
const PlaceField = lazy(async () => ({ default: (await import('../places/PlaceField')).PlaceField<{ code: string; name: string; formerly: string[] }> }))
const nothing = () => {}
const places = [
  { code: '1', name: 'Xã Năm Căn', formerly: [] },
  { code: '2', name: 'Phường Lý Văn Lâm', formerly: ['Phường 8'] },
]

export default function Design() {
  const choice = useSignal<'a' | 'b'>('a')
  const dialog = useSignal(false)
  const place = useSignal<string | null>(null)
  const phone = useSignal('0912345678')
  const code = useSignal('012')
  const field = useRef<HTMLInputElement>(null)
  const wrong = useRef<HTMLInputElement>(null)
  return (
    <div lang="en">
      <Page title="Design system" back={['/about', 'About']}>
        <Part title="Colours">
          <ul class="swatches">
            {colours.map(name => (
              <li key={name}>
                <span class="swatch" style={{ background: `var(--${name})` }} />
                {name}
              </li>
            ))}
          </ul>
        </Part>
        <Part title="Type">
          <p class="type-5">Heading one, first screen</p>
          <p class="type-4">Heading one · Thủ tục đăng ký khai sinh</p>
          <p class="type-3">Heading two · Giấy tờ cho trường hợp của tôi</p>
          <p>Body text · Ưu tiên người già, trẻ nhỏ</p>
          <p class="hint">Hint · Dấu tích chỉ nằm trên máy này</p>
          <p lang="km">ភាសាខ្មែរ · ឯកសារដែលត្រូវការ</p>
        </Part>
        <Part title="Buttons">
          <div class="buttons">
            <button class="button main" type="button">
              Main
            </button>
            <button class="button" type="button">
              Plain
            </button>
            <button class="button bare" type="button">
              Bare
            </button>
            <button class="button" type="button" aria-pressed="true">
              <Icon of={icons.check} />
              Pressed
            </button>
            <button class="button main" type="button" disabled>
              Disabled
            </button>
          </div>
        </Part>
        <Part title="Fields">
          <div class="searchbox">
            <Icon of={icons.search} />
            <input type="search" aria-label="Search" placeholder="Search" />
          </div>
          <Choices legend="Choices" name="design" value={choice.value} onChange={next => (choice.value = next)} of={[{ value: 'a', label: 'First' }, { value: 'b', label: 'Second' }]} />
          <Choices legend="Choices in a row" name="design-row" row value={choice.value} onChange={next => (choice.value = next)} of={[{ value: 'a', label: 'First' }, { value: 'b', label: 'Second' }]} />
        </Part>
        <Part title="One place of many">
          <PlaceField
            label="A place"
            words={{ choose: 'Choose', search: 'Name of today or before', found: n => `${n} places`, foundNone: 'None of this name', formerly: name => `formerly ${name}`, none: 'No place', cancel: 'Cancel' }}
            places={places}
            value={place.value}
            onChange={code => (place.value = code)}
          />
        </Part>
        <Part title="Long numbers and codes">
          <NumberField id="design-phone" label="A number in groups" kind={number} value={phone.value} field={field} said={undefined} phone={{ autocomplete: 'off', placeholder: '09…' }} onInput={typed => (phone.value = typed)} />
          <NumberField id="design-wrong" label="What is wrong with it, below" kind={number} value="0912345" field={wrong} said="This number is too short." onInput={nothing} />
          <CodeField label="Six digits, one field" value={code.value} onInput={typed => (code.value = typed)} />
          <ShownCode code="012345" title="In a demonstration" text="The code stands on the screen." fill="Fill in" onFill={typed => (code.value = typed)} />
        </Part>
        <Part title="Tags">
          <p class="facts-line">
            <span class="tag">plain</span>
            <span class="tag good">good</span>
            <span class="tag water">water</span>
            <span class="tag warn">warn</span>
          </p>
        </Part>
        <Part title="Notes">
          <Note title="Plain">What is good to know.</Note>
          <Note tone="good" title="Good">
            What went well.
          </Note>
          <Note tone="warn" title="Warn">
            What to watch.
          </Note>
          <Note tone="bad" title="Bad">
            What went wrong, and the way on.
          </Note>
        </Part>
        <Part title="Rows and cards">
          <ul class="card rows">
            <Row href="/design" title="A row with a drawing" icon={icons.pin}>
              <span class="hint">and a hint</span>
            </Row>
            <Row href="/design" title="A row without" />
          </ul>
          <ul class="tiles">
            <li>
              <a class="tile" href="/design">
                <span class="blob water">
                  <Icon of={icons.house} />
                </span>
                A tile
              </a>
            </li>
          </ul>
          <More title="Closed until wanted" count={3}>
            <p>Inside.</p>
          </More>
        </Part>
        <Part title="Waiting, nothing, failed">
          <p class="ribbon">
            <strong>
              <Icon of={icons.cloud} />
              No line
            </strong>
            What goes without one.
          </p>
          <Skeleton rows={2} />
          <Empty title="Nothing here">
            <p>Why, and the next step.</p>
          </Empty>
          <Failed problem={new Problem(0)} again={nothing} />
          <Failed problem={new Problem(500)} again={nothing} />
        </Part>
        <Part title="Sheet">
          <button class="button" type="button" onClick={() => (dialog.value = true)}>
            Open
          </button>
          {dialog.value && (
            <Sheet title="Sheet" onClose={() => (dialog.value = false)}>
              {close => (
                <>
                  <p>Held by the browser: Escape closes it, and a touch beside it.</p>
                  <button class="button main" type="button" onClick={close}>
                    Close
                  </button>
                </>
              )}
            </Sheet>
          )}
        </Part>
        <Part title="Icons">
          <ul class="swatches">
            {Object.entries(icons).map(([name, path]) => (
              <li key={name}>
                <Icon of={path} />
                {name}
              </li>
            ))}
          </ul>
        </Part>
        <Part title="The console">
          {/* Another app: its address is not one of this one's. */}
          <a class="button" href="/staff/design" target="_top">
            Its own parts, for whoever is signed in there
          </a>
        </Part>
      </Page>
    </div>
  )
}

const Part = ({ title, children }: { title: string; children: ComponentChildren }) => (
  <section class="section">
    <h2>{title}</h2>
    {children}
  </section>
)
