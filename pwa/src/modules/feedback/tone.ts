/** How a report's state is coloured. */
export const tone = ({ state, late }: { state: string; late: boolean }) => (state === 'fixed' ? ' good' : state === 'asked' || late ? ' warn' : '')
