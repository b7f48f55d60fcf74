import { province } from '../../../../core/province'
import type { Words } from '.'

export default {
  address: 'Address for residents',
  addressHint: 'Residents see it when they come for a result.',
  offices: 'Unit codes',
  officesLead: 'A dossier’s code begins with the code of the office that received it. No list is public: enter what the province decided.',
  officeCode: 'Unit code',
  officeCodeHint: `Like ${province.code}.26 or ${province.code}.26.3`,
  hours: 'Hours',
  hoursOf: { office: 'Monday to Friday', 'commune-police': 'Saturday mornings too (commune police)' },
  addOffice: 'Enter a unit code',
  noOffices: 'No office has a code yet',
  noOfficesText: 'Without one its desk cannot register dossiers.',
  officeSaved: code => `Code ${code} saved.`,
} satisfies Words
