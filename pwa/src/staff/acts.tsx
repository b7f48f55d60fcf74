/** What may be done with one thing: one obvious next step, and what else. */

type Next = { title: string; text: string; label: string; busy: boolean; begin: () => void }
export const NextAct = ({ title, text, label, busy, begin }: Next) => (
  <div class="next-act">
    <p>
      <strong>{title}</strong>
      <span class="hint">{text}</span>
    </p>
    <button class="button main" type="button" disabled={busy} onClick={begin}>
      {label}
    </button>
  </div>
)

/** `grave`: those that end it for whoever asked for it. */
type Others<Act extends string> = { title: string; acts: Act[]; labels: Record<Act, string>; texts: Record<Act, string>; grave: Act[]; busy: boolean; begin: (act: Act) => void }
export const OtherActs = <Act extends string>({ title, acts, labels, texts, grave, busy, begin }: Others<Act>) =>
  acts.length > 0 && (
    <details class="more-quiet">
      <summary>{title}</summary>
      <ul class="acts">
        {acts.map(act => (
          <li key={act}>
            <p>
              <strong>{labels[act]}</strong>
              <span class="hint">{texts[act]}</span>
            </p>
            <button class={grave.includes(act) ? 'button bad' : 'button'} type="button" disabled={busy} onClick={() => begin(act)}>
              {labels[act]}
            </button>
          </li>
        ))}
      </ul>
    </details>
  )
