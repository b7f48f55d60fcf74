/** The one file to change for another province: whose app this is and how it calls itself. */
export const province = {
  name: 'Cà Mau',
  /** Its identifier (QCVN 102:2016/BTTTT): codes of offices and dossiers begin with it. */
  code: 'H12',
  app: 'Bến Đước',
  tagline: 'giấy tờ, thủ tục cho người Cà Mau',
  description: 'Tìm thủ tục bằng lời nói thường ngày, biết cần giấy tờ gì, tốn bao nhiêu, nộp ở đâu tại Cà Mau. Xem được cả khi mất mạng.',
  /** Former provinces: their people still say where they live by these names. One alone: it was not joined with another. */
  formerly: ['Cà Mau', 'Bạc Liêu'] as readonly string[],
  /** A commune or ward everybody knows, where a field gives an example. */
  example: 'Năm Căn',
  /** Where dossiers are really filed. */
  portal: { name: 'Cổng Dịch vụ công quốc gia', url: 'https://dichvucong.gov.vn' },
  /** Whom to ask in this province by phone, as it is called and as it is dialled; null as long as no source says it. */
  hotline: null as { name: string; number: string } | null,
  /** For the browser's frame; the rest of the colours live in `tokens.css`. */
  colour: { deep: '#0e4437', paper: '#f8f3e8', night: '#0d1613' },
} as const
