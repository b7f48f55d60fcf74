import { province } from '../../../../core/province'

export default {
  address: 'Địa chỉ nơi người dân đến',
  addressHint: 'Người dân thấy khi đến nhận kết quả.',
  offices: 'Mã đơn vị',
  officesLead: 'Mã hồ sơ mở đầu bằng mã của cơ quan nhận. Không có danh sách công khai nên nhập theo quyết định của tỉnh.',
  officeCode: 'Mã đơn vị',
  officeCodeHint: `Ví dụ ${province.code}.26 hoặc ${province.code}.26.3`,
  hours: 'Giờ làm việc',
  hoursOf: { office: 'Thứ Hai đến thứ Sáu', 'commune-police': 'Thêm sáng thứ Bảy (công an cấp xã)' },
  addOffice: 'Nhập mã đơn vị',
  noOffices: 'Chưa cơ quan nào có mã',
  noOfficesText: 'Chưa có mã thì quầy của cơ quan đó chưa tiếp nhận hồ sơ được.',
  officeSaved: (code: string) => `Đã lưu mã ${code}.`,
}
