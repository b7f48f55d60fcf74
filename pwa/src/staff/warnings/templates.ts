/** What a warning of each kind begins with. `[…]` is to be filled in, and nothing goes out while one is left. */
import { type Draft, hours, type Kind, type Said } from './draft'

type Three = Record<'vi' | 'en' | 'km', [headline: string, what: string, ...steps: string[]]>

const call = { vi: 'Cần giúp, gọi 112', en: 'For help, call 112', km: 'ត្រូវការជំនួយ ហៅ 112' }

const said: Record<Kind, Three> = {
  storm: {
    vi: ['Bão […] ảnh hưởng từ […]', 'Gió mạnh cấp […], giật cấp […], mưa to.', 'Ở trong nhà chắc chắn, tránh xa cửa kính', 'Ghe, tàu vào nơi trú, không ở lại trên tàu', 'Chằng chống nhà, cắt điện khi ngập', 'Chuẩn bị nước uống, thuốc, đèn pin', call.vi],
    en: ['Storm […] from […]', 'Wind force […], gusts […], heavy rain.', 'Stay in a solid house, away from windows', 'Boats to shelter, nobody stays on board', 'Secure the house, switch electricity off when it floods', 'Prepare water, medicine, a torch', call.en],
    km: ['ព្យុះ […] ចាប់ពី […]', 'ខ្យល់កម្រិត […] កន្ត្រាក់ […] ភ្លៀងធំ។', 'នៅក្នុងផ្ទះរឹងមាំ ឆ្ងាយពីបង្អួច', 'យកទូកចូលជម្រក កុំនៅលើទូក', 'ចងផ្ទះឱ្យមាំ ផ្ដាច់ភ្លើងពេលលិច', 'ត្រៀមទឹកផឹក ថ្នាំ ពិល', call.km],
  },
  rain: {
    vi: ['Mưa lớn, ngập từ […]', 'Lượng mưa […] mm, nơi trũng ngập […] cm.', 'Kê cao đồ đạc, cắt điện ổ cắm thấp', 'Không đi qua chỗ nước chảy xiết', 'Không cho trẻ em chơi gần nước', call.vi],
    en: ['Heavy rain and flooding from […]', 'Rainfall of […] mm, low places flooded by […] cm.', 'Lift your things, switch low sockets off', 'Do not cross fast water', 'Keep children away from water', call.en],
    km: ['ភ្លៀងធំ លិចពី […]', 'បរិមាណភ្លៀង […] មម កន្លែងទាបលិច […] សម។', 'លើកឥវ៉ាន់ ផ្ដាច់ភ្លើងទាប', 'កុំឆ្លងទឹកហូរខ្លាំង', 'កុំឱ្យក្មេងលេងជិតទឹក', call.km],
  },
  tide: {
    vi: ['Triều cường lên […] m', 'Đỉnh triều lúc […]. Đường ven sông, chỗ trũng ngập […] cm.', 'Kê cao đồ đạc, hàng hóa', 'Gia cố bờ bao, cống, ao nuôi', 'Cẩn thận khi qua đường ngập', call.vi],
    en: ['High tide of […] m', 'Highest at […]. Riverside roads and low places flood by […] cm.', 'Lift things and goods', 'Strengthen dykes, sluices and ponds', 'Take care on flooded roads', call.en],
    km: ['ទឹកជោរ […] ម៉ែត្រ', 'ខ្ពស់បំផុតម៉ោង […]។ ផ្លូវមាត់ទន្លេ កន្លែងទាប លិច […] សម។', 'លើកឥវ៉ាន់ និងទំនិញ', 'ពង្រឹងភ្លឺ ស្លូវ ស្រះ', 'ប្រយ័ត្នពេលឆ្លងផ្លូវលិច', call.km],
  },
  salinity: {
    vi: ['Mặn […]‰ vào sâu […] km', 'Ranh mặn […]‰ trên […] đến ngày […].', 'Đo độ mặn trước khi lấy nước', 'Đóng cống, trữ nước ngọt để sinh hoạt', 'Không tưới cây khi nước mặn', 'Người nuôi tôm theo dõi ao mỗi ngày'],
    en: ['Salt […]‰ reaches […] km inland', 'The […]‰ line on […] until […].', 'Measure before taking water', 'Close sluices, store fresh water for the house', 'Do not water plants with it', 'Shrimp farmers check their ponds daily'],
    km: ['ទឹកប្រៃ […]‰ ចូលជ្រៅ […] គម', 'ព្រំប្រៃ […]‰ លើ […] ដល់ថ្ងៃ […]។', 'វាស់ជាតិប្រៃមុនយកទឹក', 'បិទស្លូវ ត្រងទឹកសាបប្រើក្នុងផ្ទះ', 'កុំស្រោចដំណាំដោយទឹកប្រៃ', 'អ្នកចិញ្ចឹមបង្គាពិនិត្យស្រះរាល់ថ្ងៃ'],
  },
  thunderstorm: {
    vi: ['Lốc, sét từ […]', 'Mây dông đang đến […], có thể có gió giật, mưa đá.', 'Vào nhà ngay, tránh cây cao, cột điện', 'Rút phích cắm điện', 'Ghe, xuồng vào bờ', call.vi],
    en: ['Thunderstorm from […]', 'A storm is reaching […]; gusts and hail are possible.', 'Go indoors, away from trees and poles', 'Unplug devices', 'Boats to the shore', call.en],
    km: ['ខ្យល់កួច រន្ទះពី […]', 'ពពកភ្លៀងផ្គរមកដល់ […] អាចមានខ្យល់កន្ត្រាក់ ព្រិល។', 'ចូលផ្ទះភ្លាម ឆ្ងាយពីដើមឈើ បង្គោលភ្លើង', 'ដកដុយភ្លើង', 'យកទូកចូលច្រាំង', call.km],
  },
  sea: {
    vi: ['Gió cấp […], sóng cao […] m', 'Vùng biển […] gió mạnh, sóng lớn đến […].', 'Tàu thuyền không ra khơi', 'Tàu đang ở ngoài khơi tìm nơi trú', 'Giữ liên lạc với bờ', call.vi],
    en: ['Wind force […], waves of […] m', 'Strong wind and high waves at […] until […].', 'Boats stay in port', 'Boats at sea find shelter', 'Keep in touch with the shore', call.en],
    km: ['ខ្យល់កម្រិត […] រលក […] ម៉ែត្រ', 'សមុទ្រ […] ខ្យល់ខ្លាំង រលកធំ ដល់ […]។', 'ទូកកុំចេញសមុទ្រ', 'ទូកនៅសមុទ្ររកជម្រក', 'រក្សាទំនាក់ទំនងជាមួយច្រាំង', call.km],
  },
  landslide: {
    vi: ['Nguy cơ sạt lở ở […]', 'Bờ […] có vết nứt, có thể sạt bất cứ lúc nào.', 'Rời nhà sát mép sông ngay', 'Không đi, không đậu ghe ở đoạn này', 'Thấy vết nứt mới, báo chính quyền', call.vi],
    en: ['Landslide feared at […]', 'The bank at […] has cracks and may slide at any time.', 'Leave houses at the edge now', 'Do not walk or moor here', 'Report new cracks', call.en],
    km: ['ហានិភ័យបាក់ដីនៅ […]', 'ច្រាំង […] មានស្នាមប្រេះ អាចបាក់គ្រប់ពេល។', 'ចាកចេញពីផ្ទះមាត់ច្រាំងភ្លាម', 'កុំដើរ កុំចតទូកត្រង់នេះ', 'ឃើញស្នាមប្រេះថ្មី សូមរាយការណ៍', call.km],
  },
  heat: {
    vi: ['Nắng nóng […]°C', 'Nóng nhất từ […] đến […], kéo dài đến ngày […].', 'Uống nhiều nước, tránh nắng giữa trưa', 'Để ý người già, trẻ nhỏ', 'Tiết kiệm nước, phòng cháy'],
    en: ['Heat of […]°C', 'Hottest from […] to […], until […].', 'Drink much, avoid the midday sun', 'Look after the old and the very young', 'Save water, beware of fire'],
    km: ['កម្ដៅ […]°C', 'ក្ដៅបំផុតពី […] ដល់ […] រហូតថ្ងៃ […]។', 'ផឹកទឹកច្រើន ជៀសវាងថ្ងៃត្រង់', 'មើលថែចាស់ៗ និងក្មេងៗ', 'សន្សំទឹក ការពារភ្លើង'],
  },
  'forest-fire': {
    vi: ['Nguy cơ cháy rừng ở […]', 'Rừng khô, dễ cháy.', 'Không vào rừng khi chưa được phép', 'Không đốt lửa, không bỏ tàn thuốc', 'Thấy khói, gọi 114'],
    en: ['Forest fire feared at […]', 'The forest is dry and burns easily.', 'Do not enter without leave', 'No fire, no cigarette ends', 'If you see smoke, call 114'],
    km: ['ហានិភ័យភ្លើងឆេះព្រៃនៅ […]', 'ព្រៃស្ងួត ងាយឆេះ។', 'កុំចូលព្រៃពេលមិនទាន់អនុញ្ញាត', 'កុំដុតភ្លើង កុំចោលកន្ទុយបារី', 'ឃើញផ្សែង ហៅ 114'],
  },
  disease: {
    vi: ['Dịch […] ở […]', 'Đã có […] ca. Lây qua […].', 'Làm theo hướng dẫn của trạm y tế', 'Có dấu hiệu […], đến trạm y tế ngay', 'Người bệnh nặng: gọi 115'],
    en: ['[…] in […]', '[…] cases so far. It spreads by […].', 'Do as the health station says', 'With signs of […], go to the health station', 'Badly ill: call 115'],
    km: ['ជំងឺ […] នៅ […]', 'មាន […] ករណី។ ឆ្លងតាម […]។', 'ធ្វើតាមការណែនាំរបស់ប៉ុស្តិ៍សុខភាព', 'មានរោគសញ្ញា […] ទៅប៉ុស្តិ៍សុខភាពភ្លាម', 'ឈឺធ្ងន់ ហៅ 115'],
  },
  'animal-disease': {
    vi: ['Dịch […] trên […]', 'Phát hiện ở […] ngày […].', 'Không bán, không giết mổ con bệnh', 'Khử trùng chuồng, ao; không xả nước ra kênh', 'Báo thú y xã, phường'],
    en: ['[…] in […]', 'Found at […] on […].', 'Do not sell or slaughter sick animals', 'Disinfect; let no pond water into canals', 'Tell the veterinary officer'],
    km: ['ជំងឺ […] លើ […]', 'រកឃើញនៅ […] ថ្ងៃ […]។', 'កុំលក់ កុំសម្លាប់សត្វឈឺ', 'សម្លាប់មេរោគ កុំបញ្ចេញទឹកស្រះទៅព្រែក', 'ប្រាប់ពេទ្យសត្វឃុំ សង្កាត់'],
  },
  scam: {
    vi: ['Giả danh […] để lừa tiền', 'Kẻ gian gọi điện, nhắn tin tự xưng […], đòi […].', 'Không chuyển tiền, không đọc mã cho ai', 'Không bấm đường dẫn lạ, không cài ứng dụng lạ', 'Đã lỡ chuyển tiền: gọi ngân hàng và công an 113'],
    en: ['Somebody poses as […] to get money', 'They call or write as […] and ask for […].', 'Send no money, tell nobody your codes', 'Open no strange links, install nothing', 'If you paid: call your bank and the police, 113'],
    km: ['ក្លែងជា […] បោកលុយ', 'ជនបោកទូរសព្ទ ផ្ញើសារថាជា […] សុំ […]។', 'កុំផ្ញើលុយ កុំប្រាប់លេខកូដអ្នកណា', 'កុំចុចតំណចម្លែក កុំដំឡើងកម្មវិធីចម្លែក', 'បើផ្ញើលុយហើយ៖ ហៅធនាគារ និងនគរបាល 113'],
  },
  other: { vi: ['[…]', '[…]', '[…]'], en: ['[…]', '[…]', '[…]'], km: ['[…]', '[…]', '[…]'] },
}

const over: Three = {
  vi: ['Đã hết nguy hiểm', 'Tình hình đã trở lại bình thường.', 'Kiểm tra nhà cửa, dây điện trước khi dùng'],
  en: ['The danger is over', 'Things are back to normal.', 'Check the house and the wiring before use'],
  km: ['គ្រោះថ្នាក់បានផុត', 'ស្ថានការណ៍ត្រឡប់មកធម្មតាវិញ។', 'ពិនិត្យផ្ទះ និងខ្សែភ្លើងមុនប្រើ'],
}

const written = ([headline, what, ...steps]: Three['vi']): Said => ({ headline, what, steps })

export const begin = (kind: Kind): Draft => ({
  kind,
  level: 2,
  everywhere: kind === 'scam',
  communes: [],
  ...hours(0, kind === 'scam' ? 24 * 7 : 24),
  vi: written(said[kind].vi),
  en: written(said[kind].en),
  km: written(said[kind].km),
  source: '',
  clears: false,
})

/** The all-clear of this one, in the languages it was written in. */
export const end = (one: Draft): Draft => ({ ...one, clears: true, vi: written(over.vi), en: one.en && written(over.en), km: one.km && written(over.km) })
