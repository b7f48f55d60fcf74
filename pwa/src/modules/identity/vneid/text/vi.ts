export default {
  ofAnother: 'Tài khoản đang mở trên máy này dùng VNeID khác. Bạn đăng xuất trước, rồi dùng VNeID của mình.',
  openAccount: 'Mở tài khoản đó',
}
