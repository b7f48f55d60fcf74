import { useSignal } from '@preact/signals'
import { insideApp, installed, installOffer, iPhone } from '../../core/device'
import { Icon, Note, Page } from '../../core/ui'
import { check, download } from '../../core/ui/icons'
import './settings.css'
import { t } from './text'

export default function Install() {
  const copied = useSignal(false)
  const guides = [
    <Guide key="iphone" title={t.onIphone} steps={t.iphone} pictures={[<IphoneShare key="1" />, <Menu key="2" rows={3} mark={1} plus />, <Confirm key="3" />]} />,
    <Guide key="android" title={t.onAndroid} steps={t.android} pictures={[<AndroidMenu key="1" />, <Menu key="2" rows={4} mark={2} />, <Confirm key="3" low />]} />,
  ]
  if (!iPhone) guides.reverse()
  const copy = () => navigator.clipboard.writeText(location.origin).then(() => (copied.value = true), () => {})
  return (
    <Page title={t.installTitle} back={['/settings', t.back]}>
      <p>{t.installLead}</p>
      {installed && (
        <Note tone="good" icon={check} title={t.installed}>
          {t.installedText}
        </Note>
      )}
      {insideApp && (
        <Note tone="warn" title={t.inside(insideApp)}>
          <p>{t.insideText}</p>
          <p>{t.insideMenu}</p>
          <button class="button" type="button" onClick={() => void copy()}>
            {copied.value ? t.copied : t.copyLink}
          </button>
        </Note>
      )}
      {installOffer.value && (
        <button class="button main" type="button" onClick={() => void installOffer.value?.prompt()}>
          <Icon of={download} />
          {t.installNow}
        </button>
      )}
      {!installed && guides}
    </Page>
  )
}

const Guide = ({ title, steps, pictures }: { title: string; steps: string[]; pictures: preact.ComponentChildren[] }) => (
  <section class="section">
    <h2>{title}</h2>
    <ol class="guide">
      {steps.map((step, i) => (
        <li key={step}>
          <svg viewBox="0 0 120 150" aria-hidden="true">
            <rect class="case" x="10" y="4" width="100" height="158" rx="14" />
            <rect class="screen" x="16" y="14" width="88" height="150" rx="6" />
            {pictures[i]}
          </svg>
          <p>
            <strong>{i + 1}.</strong> {step}
          </p>
        </li>
      ))}
    </ol>
  </section>
)

const Lines = ({ from, count }: { from: number; count: number }) => <path class="text" d={Array.from({ length: count }, (_, i) => `M26 ${from + i * 11}h${i % 2 ? 46 : 62}`).join('')} />

/** Safari: the bar at the bottom, its share button circled. */
const IphoneShare = () => (
  <>
    <Lines from={30} count={6} />
    <rect class="bar-low" x="16" y="112" width="88" height="40" />
    <path class="sign" d="M56 126h-3v14h14v-14h-3M60 134v-15M56 122l4-4 4 4" />
    <circle class="ring" cx="60" cy="130" r="17" />
  </>
)
/** Chrome: the three dots at the top right, circled. */
const AndroidMenu = () => (
  <>
    <rect class="bar-low" x="16" y="14" width="88" height="24" />
    <rect class="text-box" x="22" y="19" width="56" height="14" rx="7" />
    <path class="sign dots3" d="M92 21v.01M92 26v.01M92 31v.01" />
    <circle class="ring" cx="92" cy="26" r="12" />
    <Lines from={54} count={8} />
  </>
)
/** A list with the right entry marked. */
const Menu = ({ rows, mark, plus }: { rows: number; mark: number; plus?: boolean }) => (
  <>
    <rect class="panel" x="22" y="34" width="76" height={rows * 24 + 8} rx="8" />
    {Array.from({ length: rows }, (_, i) => (
      <g key={i}>
        {i === mark && <rect class="marked" x="26" y={40 + i * 24} width="68" height="20" rx="5" />}
        <path class={i === mark ? 'sign' : 'text'} d={`M32 ${50 + i * 24}h${i === mark ? 36 : 44}`} />
        {i === mark && <path class="sign" d={`M80 ${46 + i * 24}h8v8h-8z${plus ? `M84 ${47.5 + i * 24}v5M81.5 ${50 + i * 24}h5` : ''}`} />}
      </g>
    ))}
  </>
)
/** The last question, its yes circled: at the top on an iPhone, lower on Android. */
const Confirm = ({ low }: { low?: boolean }) => (
  <>
    <rect class="panel" x="22" y={low ? 58 : 26} width="76" height="66" rx="8" />
    <image href="/icon.svg" x="30" y={low ? 66 : 54} width="26" height="26" />
    <path class="text" d={low ? 'M62 76h28M62 86h18' : 'M62 64h28M62 74h18'} />
    <rect class="yes" x="62" y={low ? 102 : 32} width="30" height="14" rx="7" />
    <circle class="ring" cx="77" cy={low ? 109 : 39} r="16" />
  </>
)
