export default {
  send: (phone: string) => `Nhắn tin tới ${phone}`,
  sending: 'Đang gửi…',
  hint: 'Tin nhắn có mã hồ sơ, nơi nhận, ngày hẹn và địa chỉ tra cứu; không có tên người và tên thủ tục.',
  tongue: 'Ngôn ngữ của tin nhắn',
  why: { account: 'Người nộp có tài khoản và đã được báo trong ứng dụng, không cần nhắn tin.', 'no-phone': 'Hồ sơ không có số di động nên không nhắn tin được. Hãy in phiếu.' },
  waits: 'Tin nhắn đang được gửi.',
  sent: (when: string) => `Đã gửi tin nhắn lúc ${when}.`,
  failed: 'Nhà mạng chưa nhận tin nhắn này. Hãy gửi lại, hoặc in phiếu.',
}
