export default {
  title: 'Kết quả điện tử',
  hint: 'Tệp PDF được giữ nguyên từng byte. Người dân thấy khi hồ sơ đã có kết quả.',
  file: (n: number) => `Tệp ${n}`,
  add: 'Thêm tệp PDF (tối đa 15 MB)',
  added: 'Đã thêm tệp kết quả.',
  removed: 'Đã bỏ tệp.',
  waiting: 'Đang kiểm tra chữ ký số…',
  certificate: 'Chứng thư số',
  look: 'Tải về xem',
  again: 'Xem lại',
  remove: 'Bỏ tệp này',
  tooLarge: 'Tệp lớn hơn 15 MB.',
}
