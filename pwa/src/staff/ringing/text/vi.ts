export default {
  tryOut: 'Gửi thử đến máy này',
  tried: 'Đã gửi. Thông báo sẽ hiện trong ít giây.',
  noDevice: 'Máy này chưa bật thông báo.',
  turnOnHere: 'Bật ở đây',
  notSaved: 'Chữ bạn gõ chưa lưu được, nên chưa làm bước này. Hãy xem ở trên rồi thử lại.',
  waits: { night: 'Chờ đến sáng', quiet: 'Trong giờ yên lặng của chủ máy', pause: 'Dịch vụ đẩy xin tạm nghỉ', trouble: 'Dịch vụ đẩy chưa trả lời, sẽ gửi lại' },
  next: (at: string) => `Lần gửi tới: ${at}`,
}
