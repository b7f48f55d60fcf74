import type { Words } from '.'

export default {
  title: 'Dossiers of other systems',
  lead: 'At your unit, as other systems report. To be read only: they are moved in the system they belong to.',
  back: 'Dossiers',
  code: 'Code',
  procedure: 'Procedure',
  status: 'Status',
  unit: 'It is at',
  due: 'Due',
  remarks: 'Remarks',
  none: 'No dossier of another system',
} satisfies Words
