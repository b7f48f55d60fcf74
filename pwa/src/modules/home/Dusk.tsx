/** Evening at the cape: the sun going into the sea behind the stilt roots of a mangrove. */
export const Dusk = () => (
  <svg class="dusk" viewBox="-360 0 720 170" preserveAspectRatio="xMaxYMax slice" aria-hidden="true">
    <circle class="dusk-sun" cx="258" cy="123" r="37" />
    <path class="dusk-sea" d="M-360 120q12-4 24 0t24 0 24 0 24 0 24 0 24 0 24 0 24 0 24 0 24 0 24 0 24 0 24 0 24 0 24 0 24 0 24 0 24 0 24 0 24 0 24 0 24 0 24 0 24 0 24 0 24 0 24 0 24 0 24 0 24 0v50h-720z" />
    <path class="dusk-glint" d="M232 130h58M244 138h36M252 146h18" />
    <path class="dusk-crown" d="M318 18c14-3 29 5 31 17 11 2 15 18 3 24-6 9-19 9-25 3-8 6-20 4-23-3-12 3-22-8-17-18-1-10 8-15 15-12 2-6 9-10 16-11z" />
    <path class="dusk-roots" d="M321 58v44M321 88c-19 3-35 26-40 62M321 96c-13 4-20 26-22 58M321 104c-4 9-6 28-5 50M321 96c10 4 18 24 20 58M321 88c15 3 27 18 33 52M307 64l14 14M336 62l-15 18" />
    <path class="dusk-flat" d="M-360 150q12-4 24 0t24 0 24 0 24 0 24 0 24 0 24 0 24 0 24 0 24 0 24 0 24 0 24 0 24 0 24 0 24 0 24 0 24 0 24 0 24 0 24 0 24 0 24 0 24 0 24 0 24 0 24 0 24 0 24 0 24 0v30h-720z" />
  </svg>
)
