import { tongue } from '../../core/tongue'

/** What somebody wrote, read aloud in the language they wrote it in. */
export const Spoken = ({ of }: { of: string }) => (
  <p class="words" lang={tongue(of)}>
    {of}
  </p>
)
