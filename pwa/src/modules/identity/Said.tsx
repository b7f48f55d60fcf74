import './identity.css'

/** What is wrong, under what it is about, and read out at once. */
export const Said = ({ id, text }: { id?: string; text: string | undefined }) => (
  <p class="said" id={id} role="alert">
    {text}
  </p>
)
