import type vi from './text/vi'

type Event = { name: keyof (typeof vi)['event']; ask: string; draw: string; tone: string }

/**
 * What happens in a family, and the words that lead to its procedures: everyday words that the catalogue's search knows,
 * always Vietnamese, for the procedures are.
 */
export const lifeEvents: Event[] = [
  { name: 'birth', ask: 'mới sinh con', tone: 'coral', draw: 'M12 4.5a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM10.7 8.6h.01M13.3 8.6h.01M12 4.5c-.9-1 .2-2 1-1.5M7.5 12.5C5.5 14 5 16.5 5 19.5h14c0-3-.5-5.5-2.5-7M9.5 15.5l5 2.5M14.5 15.5l-5 2.5' },
  { name: 'wedding', ask: 'sắp cưới', tone: 'coral', draw: 'M9 9.5a5 5 0 1 0 0 10 5 5 0 0 0 0-10zM15 9.5a5 5 0 1 0 0 10 5 5 0 0 0 0-10zM7.5 4h3l1 1.8L9 8.7 6.5 5.8z' },
  { name: 'death', ask: 'người thân mất', tone: 'sand', draw: 'M12 19.5c-4.5 0-7.5-2.5-8.5-6.5 3 0 5 .8 6.3 2.3M12 19.5c4.5 0 7.5-2.5 8.5-6.5-3 0-5 .8-6.3 2.3M12 19.5c-2.5-2-3.7-4.3-3.7-7 0-2.5 1.3-4.7 3.7-7 2.4 2.3 3.7 4.5 3.7 7 0 2.7-1.2 5-3.7 7z' },
  { name: 'identity', ask: 'căn cước, cư trú', tone: 'water', draw: 'M3.5 6h17v12.5h-17zM8.5 9.5a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6zM5.8 16c.4-1.3 1.4-1.9 2.7-1.9s2.3.6 2.7 1.9M14 10h4M14 13h4M14 15.8h2.5' },
  { name: 'land', ask: 'sổ đỏ, xây nhà', tone: 'green', draw: 'M3.5 11.5L12 4.5l8.5 7M6 10v6M18 10v6M9.8 16v-4.5h4.4V16M3 18.5c1.5-1.3 3-1.3 4.5 0s3 1.3 4.5 0 3-1.3 4.5 0 3 1.3 4.5 0' },
  { name: 'shop', ask: 'mở quán', tone: 'sand', draw: 'M4.5 4.5h15l1.5 5c0 1.5-1.2 2.5-2.5 2.5S16 11 16 9.5c0 1.5-1 2.5-2 2.5h-4c-1 0-2-1-2-2.5C8 11 6.8 12 5.5 12S3 11 3 9.5zM5 12v7.5h14V12M9 19.5V15h6v4.5' },
  { name: 'boat', ask: 'đăng ký ghe, nuôi tôm', tone: 'water', draw: 'M3 13.5h18l-2.5 4.2c-1 .6-2 .6-3 0-1.2-.8-2.3-.8-3.5 0s-2.3.8-3.5 0c-1-.6-2-.6-3 0zM8 13.5V9h6l2.5 4.5M11 9V4.5M11 5l4 1.5-4 1.5M4 21c1.3-.8 2.7-.8 4 0s2.7.8 4 0 2.7-.8 4 0 2.7.8 4 0' },
  { name: 'benefits', ask: 'bảo hiểm, trợ cấp', tone: 'green', draw: 'M12 3.5c3 1.8 5.5 2.3 7.5 2.3 0 7-2.2 11.7-7.5 14.7-5.3-3-7.5-7.7-7.5-14.7 2 0 4.5-.5 7.5-2.3zM12 8.5v7M8.5 12h7' },
]
