import type { Words } from '.'

export default {
  title: 'លទ្ធផលអេឡិចត្រូនិក',
  hint: 'ឯកសារ PDF រក្សាទុកដូចដើមទាំងស្រុង។ ប្រជាពលរដ្ឋឃើញពេលសំណុំឯកសារមានលទ្ធផល។',
  file: n => `ឯកសារ ${n}`,
  add: 'បន្ថែមឯកសារ PDF (ធំបំផុត 15 MB)',
  added: 'បានបន្ថែមឯកសារ។',
  removed: 'បានដកឯកសារ។',
  waiting: 'កំពុងពិនិត្យហត្ថលេខាឌីជីថល…',
  certificate: 'វិញ្ញាបនបត្រឌីជីថល',
  look: 'ទាញយកមើល',
  again: 'មើលម្តងទៀត',
  remove: 'ដកឯកសារនេះ',
  tooLarge: 'ឯកសារធំជាង 15 MB។',
} satisfies Words
