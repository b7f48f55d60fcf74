import type { Words } from '.'

export default {
  asked: 'The office asks for more',
  reply: 'Your answer',
  sendReply: 'Send the answer',
  rate: 'Are you satisfied?',
  stars: (n: number) => (n === 1 ? '1 star' : `${n} stars`),
  rateWords: 'Anything to add? (optional)',
  sendRating: 'Send the rating',
  rated: (n: number) => `You gave ${n} of 5 stars.`,
  stillFixed: 'Is it still fixed?',
  stillFixedText: 'Four weeks ago the office said that it was fixed. If it is broken again, reopen it below.',
  stillFixedYes: 'It still is',
  notDone: 'Not done?',
  notDoneText: (until: string) => `If it is still broken, you can open it again until ${until}.`,
  reopen: 'Not done, open it again',
  stillBroken: 'What is still broken?',
  tooLong: 'Longer than 4,000 characters: please make it shorter. Your words are still here.',
} satisfies Words
