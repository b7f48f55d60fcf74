import type { Words } from '.'

export default {
  title: 'Electronic result',
  hint: 'A PDF is kept byte for byte. The resident sees it once the dossier is done.',
  file: n => `File ${n}`,
  add: 'Add a PDF (15 MB at most)',
  added: 'The file was added.',
  removed: 'The file was taken away.',
  waiting: 'Its signatures are being checked…',
  certificate: 'Certificate',
  look: 'Fetch and look',
  again: 'Look again',
  remove: 'Take it away',
  tooLarge: 'The file is larger than 15 MB.',
} satisfies Words
