import type { Words } from '.'

export default {
  title: 'Emergency calls',
  lead: 'Touch a number to call it. You need no internet, only a phone signal.',
  for: {
    medical: ['Somebody is badly ill or hurt', 'Ambulance'],
    fire: ['Fire, explosion, somebody is trapped', 'Fire fighters and rescue'],
    police: ['Theft, violence, road accident', 'Police'],
    rescue: ['Storm, high tide, landslide, boat in distress, missing person', 'Report a disaster and ask for help'],
    child: ['A child is beaten, abused or abandoned', 'National child protection line'],
  },
  call: number => `Call ${number}:`,
  unsure: 'Not sure which one? Call 112: it is connected with 113, 114 and 115, and free.',
  others: 'When it is not urgent',
  hotline: 'Hotline of the province',
  warnings: 'Warnings in the province',
  warningsText: 'Storm, tide, salt, disease, scams',
  mine: unit => `Call ${unit}`,
  mineText: 'Phone numbers and address of your commune or ward',
  anywhere: 'Find the phone number of a commune or ward',
  anywhereText: 'By its new name or the old one',
  say: 'When you call, say',
  saying: ['Where you are: hamlet, commune or ward, and what is easy to see nearby.', 'What is happening, and how many people are hurt.', 'Your name and phone number.', 'Do not hang up before they tell you to.'],
} satisfies Words
