/**
 * The emergency numbers of the whole country, the one for a life at stake first. A province adds its own in `core/province.ts`.
 *
 * 112: Decisions 2023/QĐ-TTg and 2024/QĐ-TTg of 15/9/2025 (https://baophutho.vn/chinh-thuc-dua-tong-dai-112-vao-su-dung-khan-cap-tren-toan-quoc-240751.htm);
 * free of charge and connected with the other three: https://www.sggp.org.vn/tong-dai-112-tiep-nhan-thong-tin-ve-su-co-thien-tai-tham-hoa-post813154.html
 * 113, 114, 115: https://www.sggp.org.vn/tich-hop-3-dau-so-113-114-115-thanh-cuoc-goi-khan-cap-post816265.html, which also tells of a draft
 * that would make one number of the three: look again before a release.
 * 111: https://tacnghiep.thoidai.com.vn/111-tong-dai-dien-thoai-quoc-gia-bao-ve-tre-em-66628.html
 */
export const numbers = [
  { number: '115', what: 'medical' },
  { number: '114', what: 'fire' },
  { number: '113', what: 'police' },
  { number: '112', what: 'rescue' },
  { number: '111', what: 'child' },
] as const
