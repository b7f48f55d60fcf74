export default {
  title: 'Xác nhận đúng là bạn',
  lead: 'Việc này cần chắc chắn là bạn làm. Những gì bạn đã nhập vẫn còn nguyên.',
  sendTo: (phone: string) => `Gửi mã đến ${phone}`,
  byVneid: 'Tài khoản của bạn không có số điện thoại để nhắn mã. Bạn xác nhận bằng VNeID, rồi quay lại đây làm tiếp.',
  nothing: 'Hiện không nhắn mã đến điện thoại của bạn được. Bạn mang giấy tờ đến bộ phận một cửa, cán bộ sẽ giúp.',
}
