import type { Words } from '.'

export default {
  asked: 'ការិយាល័យសួរបន្ថែម',
  reply: 'ចម្លើយរបស់អ្នក',
  sendReply: 'ផ្ញើចម្លើយ',
  rate: 'តើអ្នកពេញចិត្តទេ?',
  stars: (n: number) => `${n} ផ្កាយ`,
  rateWords: 'ចង់និយាយបន្ថែមទេ? (មិនចាំបាច់)',
  sendRating: 'ផ្ញើការវាយតម្លៃ',
  rated: (n: number) => `អ្នកបានឱ្យ ${n} ផ្កាយ។`,
  stillFixed: 'តើនៅល្អទេ?',
  stillFixedText: 'បួនសប្តាហ៍មុន ការិយាល័យថាបានជួសជុលហើយ។ បើខូចទៀត សូមបើកឡើងវិញខាងក្រោម។',
  stillFixedYes: 'នៅល្អ',
  notDone: 'មិនទាន់រួច?',
  notDoneText: (until: string) => `បើនៅតែខូច អ្នកអាចបើកឡើងវិញរហូតដល់ ${until}។`,
  reopen: 'មិនទាន់រួច បើកឡើងវិញ',
  stillBroken: 'នៅខូចយ៉ាងណា?',
  tooLong: 'វែងជាង ៤.០០០ តួអក្សរ។ សូមសរសេរឱ្យខ្លី។ អក្សររបស់អ្នកនៅទីនេះដដែល។',
} satisfies Words
