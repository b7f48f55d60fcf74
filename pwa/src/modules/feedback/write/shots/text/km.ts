import type { Words } from '.'

export default {
  photos: 'រូបថត និងវីដេអូ',
  photosHint: (most: number) => `យ៉ាងច្រើន ${most} រូប។ កន្លែងថត និងប្រភេទម៉ាស៊ីនត្រូវបានលុបចេញពីរូបមុនពេលផ្ញើ។ មានតែមន្ត្រីទេដែលឃើញវីដេអូ។`,
  addPhoto: 'ថត ឬជ្រើសរូបថត',
  removePhoto: (n: number) => (n ? `ដករូបថត ${n}` : 'ដកវីដេអូ'),
  addVideo: 'បន្ថែមវីដេអូខ្លី',
  videoTooLarge: 'វីដេអូធំពេក៖ ច្រើនបំផុត ៣២ MB ប្រហែល ២៥ វិនាទី។',
  taken: 'ប្រើកន្លែងថតរូបជាទីតាំងឬ?',
  useTaken: 'ប្រើ',
  shrinking: 'កំពុងបង្រួមរូបថត…',
  notReadable: 'ទូរស័ព្ទនេះមិនអាចអានរូបនោះបានទេ (អាចជា HEIC)។ សូមជ្រើសរូប JPEG ឬថតម្តងទៀត។',
  tooMany: (most: number) => `រក្សាទុកតែ ${most} រូបដំបូង។`,
  sparing: 'សន្សំទិន្នន័យ៖ បង្រួមរូបថតឱ្យតូចទៀត',
  noTaken: 'មិនប្រើ',
} satisfies Words
