import type { Words } from '.'

export default {
  ofAnother: 'គណនីដែលបើកលើឧបករណ៍នេះប្រើ VNeID ផ្សេង។ សូមចាកចេញសិន រួចប្រើ VNeID របស់អ្នក។',
  openAccount: 'បើកគណនីនោះ',
} satisfies Words
