import type { ComponentChildren, ComponentType } from 'preact'
import { api } from '../../core/api'
import { useLater } from '../../core/later'
import { language } from '../../core/text'
import type { Caller } from './begin'
import { CodeForm, codeForm } from './code'
import { phone as kind } from './digits'
import { PhoneForm, SharedChoice } from './PhoneForm'
import { done, go, onItsWay, progress } from './progress'
import { t } from './text'

export type Frame = ComponentType<{ title: string; children: ComponentChildren }>
type Props = { frame: Frame; onSignedIn: (caller: Caller) => Promise<void> | void }

async function send(phone: string) {
  await codeForm()
  const sent = onItsWay(phone, await api('POST /api/identity/codes', { body: { phone, language: language.value } }))
  go({ phone, digits: '', step: 'code', sent })
}

/** Signing in, one question after the other; on a screen of its own or in a dialog over a form. */
export function Steps({ frame: Frame, onSignedIn }: Props) {
  const { phone, shared, digits, sent, step } = progress.value
  const way = useLater(() => import('./PasskeyWay'))
  async function signedIn(caller: Caller) {
    done()
    await onSignedIn(caller)
  }
  if (step === 'code' && sent)
    return (
      <Frame title={t.codeTitle}>
        <CodeForm
          sent={sent}
          digits={digits}
          keep={go}
          send={() => send(sent.phone)}
          use={async typed => signedIn((await api('POST /api/identity/codes/{code_id}/sign-in', { code_id: sent.id, body: { digits: typed, shared } })).caller!)}
          to={kind.grouped(sent.phone)}
          onChange={() => go({ step: 'phone' })}
        />
      </Frame>
    )
  return (
    <Frame title={t.phoneTitle}>
      <p>{t.phoneLead}</p>
      <PhoneForm phone={phone} onInput={typed => go({ phone: typed })} sent={sent} send={send} onSent={number => go({ step: 'code', phone: number })} autocomplete="tel webauthn">
        <SharedChoice shared={shared} onChange={chosen => go({ shared: chosen })} />
      </PhoneForm>
      {way && <way.PasskeyWay onSignedIn={signedIn} />}
    </Frame>
  )
}
