import type { Words } from '.'

export default {
  photos: 'Photos and video',
  photosHint: (most: number) => `${most} photos at most. Where and with what they were taken is removed before they are sent. Only staff see a video.`,
  addPhoto: 'Take or choose photos',
  removePhoto: (n: number) => (n ? `Remove photo ${n}` : 'Remove the video'),
  addVideo: 'Add a short video',
  videoTooLarge: 'The video is too large: 32 MB at most, some 25 seconds.',
  taken: 'Use where the photo was taken as the place?',
  useTaken: 'Use it',
  shrinking: 'Making the photo smaller…',
  notReadable: 'This phone cannot read that photo (it may be HEIC). Choose a JPEG or take another one.',
  tooMany: (most: number) => `Only the first ${most} photos are kept.`,
  sparing: 'Save data: make photos smaller still',
  noTaken: 'Do not use it',
} satisfies Words
