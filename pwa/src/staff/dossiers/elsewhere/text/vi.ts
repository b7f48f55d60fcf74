export default {
  title: 'Hồ sơ của hệ thống khác',
  lead: 'Đang ở đơn vị bạn theo báo cáo của hệ thống khác. Chỉ xem; chuyển bước thì làm ở hệ thống đó.',
  back: 'Hồ sơ',
  code: 'Mã hồ sơ',
  procedure: 'Thủ tục',
  status: 'Trạng thái',
  unit: 'Đang ở',
  due: 'Hẹn trả',
  remarks: 'Lưu ý',
  none: 'Không có hồ sơ nào của hệ thống khác',
}
