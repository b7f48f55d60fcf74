export default {
  title: 'Lấy lại tài khoản',
  lead: 'Mất điện thoại hay đổi số, bạn vẫn giữ được tài khoản.',
  steps: ['Bạn mang thẻ căn cước đến bộ phận một cửa của xã, phường.', 'Cán bộ đưa bạn một mã 8 số, dùng được trong 15 phút.', 'Nhập mã đó ở đây rồi xác nhận số mới.'],
  findDesk: 'Tìm bộ phận một cửa',
  deskCode: 'Mã 8 số cán bộ đưa',
  deskCodeLength: (n: number) => `Mã có đúng 8 chữ số. Bạn đã nhập ${n}.`,
  knownBy: 'Số điện thoại cũ, hoặc số định danh cá nhân',
  knownByLength: 'Số điện thoại có 10 chữ số, số định danh cá nhân có 12 chữ số.',
  goOn: 'Tiếp tục',
  phoneTitle: 'Số điện thoại mới',
  phoneLead: 'Chúng tôi nhắn mã 6 số đến số mới để chắc là của bạn.',
  back: 'Sửa mã của cán bộ',
}
