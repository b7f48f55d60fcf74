/** Evening at the cape: the sun going into the sea behind the stilt roots of a mangrove. */
export const Dusk = () => (
  <svg class="dusk" viewBox="0 0 400 150" preserveAspectRatio="xMaxYMax slice" aria-hidden="true">
    <circle class="dusk-sun" cx="318" cy="98" r="42" />
    <path class="dusk-sea" d="M0 100q12-5 25 0t25 0 25 0 25 0 25 0 25 0 25 0 25 0 25 0 25 0 25 0 25 0 25 0 25 0 25 0 25 0v50H0z" />
    <path class="dusk-glint" d="M284 110h62M296 119h44M306 128h22" />
    <g class="dusk-tree">
      <path d="M374 20c14 1 30 8 34 22 2 12-8 20-20 18-6 7-18 7-23 1-10 3-20-2-20-12 0-8 6-12 11-12 1-9 8-17 18-17z" />
      <path class="dusk-roots" d="M377 55v34M377 78c-16 3-30 22-34 52M377 84c-11 4-17 22-18 48M377 89c-4 8-5 24-4 44M377 84c9 3 15 20 17 47M377 78c14 3 23 15 27 42M366 62l10 10M388 61l-10 12" />
    </g>
    <path class="dusk-flat" d="M0 136q14-5 28 0t28 0 28 0 28 0 28 0 28 0 28 0 28 0 28 0 28 0 28 0 28 0 28 0 28 0 28 0v20H0z" />
  </svg>
)
