import { province } from '../../../../core/province'
import type { Words } from '.'

export default {
  address: 'អាសយដ្ឋានសម្រាប់ប្រជាពលរដ្ឋ',
  addressHint: 'ប្រជាពលរដ្ឋឃើញពេលមកទទួលលទ្ធផល។',
  offices: 'លេខកូដអង្គភាព',
  officesLead: 'លេខកូដសំណុំឯកសារចាប់ផ្តើមដោយលេខកូដរបស់ការិយាល័យទទួល។ គ្មានបញ្ជីសាធារណៈទេ សូមបញ្ចូលតាមសេចក្តីសម្រេចរបស់ខេត្ត។',
  officeCode: 'លេខកូដអង្គភាព',
  officeCodeHint: `ឧទាហរណ៍ ${province.code}.26 ឬ ${province.code}.26.3`,
  hours: 'ម៉ោងធ្វើការ',
  hoursOf: { office: 'ច័ន្ទ ដល់ សុក្រ', 'commune-police': 'ព្រឹកសៅរ៍ផង (ប៉ូលិសឃុំ)' },
  addOffice: 'បញ្ចូលលេខកូដ',
  noOffices: 'មិនទាន់មានការិយាល័យណាមានលេខកូដទេ',
  noOfficesText: 'បើគ្មានលេខកូដ បញ្ជរនោះទទួលសំណុំឯកសារមិនបានទេ។',
  officeSaved: code => `បានរក្សាទុកលេខកូដ ${code}។`,
} satisfies Words
