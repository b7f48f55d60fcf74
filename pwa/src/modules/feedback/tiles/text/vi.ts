export default {
  asked: (host: string) => `Ảnh nền bản đồ lấy từ ${host}: bên đó thấy địa chỉ mạng của bạn và vùng bạn đang xem, không thấy bạn viết gì.`,
}
