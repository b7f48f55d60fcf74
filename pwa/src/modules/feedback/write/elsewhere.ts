/** What field reports are not for, recognised while it is typed: the same words as server/modules/feedback/rules/content.py. */
const words = {
  complaint: [/khiếu nại|tố cáo|khiếu kiện|quyết định xử phạt|tham nhũng|hối lộ|ប្តឹង|បរិហារ|denunciation|bribe/, /\b(khieu nai|khieu kien|tham nhung|hoi lo|to cao (ong|ba|can bo|hanh vi|nguoi))\b/],
  procedure: [
    /thủ tục hành chính|tthc|hồ sơ của tôi|nộp hồ sơ|trễ hẹn|tiếp nhận hồ sơ|giải quyết hồ sơ|dịch vụ công|bộ phận một cửa|cán bộ một cửa|នីតិវិធីរដ្ឋបាល|សំណុំឯកសាររបស់ខ្ញុំ|my dossier|my application|one-stop/,
    /\b(thu tuc hanh chinh|ho so cua toi|nop ho so|tiep nhan ho so|giai quyet ho so|dich vu cong|bo phan mot cua|can bo mot cua)\b/,
  ],
} as const

export function elsewhere(text: string): keyof typeof words | undefined {
  const said = text.normalize('NFC').toLowerCase()
  // Without their accents the words are others, too: "cây to cao" is a tall tree.
  const bare = !/[^\P{L}a-z]/u.test(said)
  return (Object.keys(words) as (keyof typeof words)[]).find(name => words[name][0].test(said) || (bare && words[name][1].test(said)))
}
