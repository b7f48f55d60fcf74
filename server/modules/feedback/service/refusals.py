"""What is refused, each with a sentence for whoever wrote the report; the phone keeps it and says how to go on."""

from server.core.problems import Problem
from server.core.words import Words


class OperationUsedForAnother(Problem):
    """The phone's operation id came before, with another body or from somebody else."""

    status = 422
    title = Words(
        "Mã gửi này đã dùng cho nội dung khác. Hãy sửa rồi gửi lại như mới",
        "This was sent before with other content; change it and send it again as new",
        "លេខកូដផ្ញើនេះបានប្រើសម្រាប់ខ្លឹមសារផ្សេងហើយ។ សូមកែ រួចផ្ញើម្តងទៀតជាថ្មី",
    )


class CategoryWithdrawn(Problem):
    """Withdrawn perhaps while the phone had no line."""

    status = 422
    title = Words(
        "Lĩnh vực này không còn nữa. Hãy chọn lĩnh vực khác rồi gửi lại",
        "This field is no longer offered; choose another one and send it again",
        "វិស័យនេះលែងមានទៀតហើយ។ សូមជ្រើសវិស័យផ្សេង រួចផ្ញើម្តងទៀត",
    )


class SignInForCategory(Problem):
    status = 422
    title = Words(
        "Lĩnh vực này cần đăng nhập mới gửi được. Bản nháp vẫn còn trên máy",
        "For this field you need to sign in; your draft stays on the phone",
        "វិស័យនេះត្រូវចូលគណនីទើបផ្ញើបាន។ សេចក្តីព្រាងនៅលើទូរស័ព្ទដដែល",
    )


class ReportSaysNothing(Problem):
    status = 422
    title = Words(
        "Hãy viết vài chữ về điều bạn thấy, hoặc kèm một tấm ảnh",
        "Write a few words about what you saw, or add a photo",
        "សូមសរសេរពាក្យពីរបីអំពីអ្វីដែលអ្នកឃើញ ឬភ្ជាប់រូបថតមួយ",
    )


class ReportTooLong(Problem):
    """`most`: how many characters it may have."""

    status = 422
    title = Words(
        "Nội dung dài quá 4.000 ký tự. Hãy viết gọn lại",
        "The text is longer than 4,000 characters; please make it shorter",
        "អត្ថបទវែងជាង ៤.០០០ តួអក្សរ។ សូមសរសេរឱ្យខ្លី",
    )


class TooManyPhotos(Problem):
    status = 422
    title = Words(
        "Mỗi phản ánh có nhiều nhất 5 ảnh. Hãy bỏ bớt ảnh",
        "A report has five photos at most; take some away",
        "របាយការណ៍មួយមានរូបថតច្រើនបំផុត ៥។ សូមដកចេញខ្លះ",
    )


class PlaceRefused(Problem):
    """A latitude beyond 90 or a longitude beyond 180 degrees, or a commune that is not one."""

    status = 422
    title = Words(
        "Vị trí này không đúng. Hãy chọn lại trên bản đồ hoặc chọn xã, phường",
        "This place is not right; choose it again on the map, or choose a commune",
        "ទីតាំងនេះមិនត្រឹមត្រូវទេ។ សូមជ្រើសម្តងទៀតលើផែនទី ឬជ្រើសឃុំ សង្កាត់",
    )


class PlaceOutsideProvince(Problem):
    """Asked, not refused: sent again with `outside_meant` it is taken."""

    status = 422
    title = Words(
        "Vị trí này nằm ngoài tỉnh. Bạn vẫn muốn gửi với vị trí này chứ?",
        "This place lies outside the province. Do you want to send it all the same?",
        "ទីតាំងនេះនៅក្រៅខេត្ត។ តើអ្នកនៅតែចង់ផ្ញើជាមួយទីតាំងនេះទេ?",
    )


class ReportNotFound(Problem):
    status = 404
    title = Words("Không có phản ánh này", "There is no such report", "គ្មានរបាយការណ៍នេះទេ")


class PhotoNotFound(Problem):
    status = 404
    title = Words("Không có ảnh này", "There is no such photo", "គ្មានរូបថតនេះទេ")


class PhotoRefused(Problem):
    """`found`: what it looks like inside, empty when like nothing known."""

    status = 422
    title = Words(
        "Tệp này không phải ảnh JPEG, PNG hoặc WebP mà hệ thống đọc được. Hãy bỏ ảnh này hoặc chụp lại",
        "This is no JPEG, PNG or WebP photo that can be read; take it away or take another one",
        "ឯកសារនេះមិនមែនជារូបថត JPEG, PNG ឬ WebP ដែលអាចអានបានទេ។ សូមដកចេញ ឬថតម្តងទៀត",
    )


class PhotoTooLarge(Problem):
    status = 422
    title = Words(
        "Ảnh có quá nhiều điểm ảnh. Hãy bật chế độ thu nhỏ ảnh rồi gửi lại",
        "The photo has too many pixels; let the app shrink it and send it again",
        "រូបថតមានភីកសែលច្រើនពេក។ សូមបង្រួមរូបថត រួចផ្ញើម្តងទៀត",
    )


class PhotoDiffers(Problem):
    """There is another photo under this number already."""

    status = 422
    title = Words(
        "Ảnh thứ này đã được gửi với nội dung khác",
        "Another photo was sent under this number",
        "មានរូបថតផ្សេងបានផ្ញើក្រោមលេខនេះហើយ",
    )


class PhotosClosed(Problem):
    """The report was closed, or its time for photos is over."""

    status = 422
    title = Words(
        "Phản ánh này không còn nhận thêm ảnh",
        "This report takes no more photos",
        "របាយការណ៍នេះមិនទទួលរូបថតបន្ថែមទៀតទេ",
    )


class ReportNotAsked(Problem):
    status = 409
    title = Words(
        "Phản ánh này không chờ bổ sung thông tin",
        "Nothing more is asked for this report",
        "របាយការណ៍នេះមិនរង់ចាំព័ត៌មានបន្ថែមទេ",
    )


class CannotConfirm(Problem):
    title = Words(
        "Phản ánh này không chờ bạn xác nhận",
        "Nothing is to be confirmed about this report",
        "របាយការណ៍នេះមិនរង់ចាំការបញ្ជាក់ពីអ្នកទេ",
    )


class LeaderUnknown(Problem):
    status = 422
    title = Words(
        "Không có cán bộ nào mang tên đăng nhập này, hoặc tài khoản đang bị khóa",
        "No member of staff has this login, or the account is disabled",
        "គ្មានមន្ត្រីណាមានឈ្មោះចូលនេះទេ ឬគណនីត្រូវបានបិទ",
    )


class CannotReopen(Problem):
    """`until`: when its window ended, where it was closed at all."""

    status = 409
    title = Words(
        "Phản ánh này không mở lại được nữa. Nếu còn hỏng, hãy gửi phản ánh mới",
        "This report can no longer be opened again; if it is still broken, send a new one",
        "របាយការណ៍នេះមិនអាចបើកឡើងវិញទៀតទេ។ បើនៅខូច សូមផ្ញើរបាយការណ៍ថ្មី",
    )


class CannotRate(Problem):
    status = 409
    title = Words(
        "Chỉ đánh giá được khi phản ánh đã xong",
        "A report can be rated once it is closed",
        "អាចវាយតម្លៃបានតែពេលរបាយការណ៍ចប់",
    )


class ReportCannotMove(Problem):
    title = Words(
        "Phản ánh không thể chuyển bước này",
        "The report cannot take this step now",
        "របាយការណ៍មិនអាចឈានទៅជំហាននេះបានទេ",
    )


class StepIncomplete(Problem):
    """`field` names what is missing."""

    status = 422
    title = Words("Còn thiếu thông tin của bước này", "This step lacks something", "ជំហាននេះនៅខ្វះព័ត៌មាន")


class UnitUnknown(Problem):
    status = 422
    title = Words("Không có đơn vị này", "There is no such unit", "គ្មានអង្គភាពនេះទេ")


class AnswerNameTaken(Problem):
    title = Words(
        "Đã có một câu trả lời mẫu mang tên này",
        "A prepared answer of this name exists already",
        "មានចម្លើយគំរូឈ្មោះនេះរួចហើយ",
    )


class MergeRefused(Problem):
    """Into itself, into one that is not there, or into one that was itself joined with another."""

    status = 422
    title = Words(
        "Không gộp được vào phản ánh này. Hãy kiểm tra mã phản ánh",
        "It cannot be joined with that report; check its code",
        "មិនអាចបញ្ចូលទៅរបាយការណ៍នេះបានទេ។ សូមពិនិត្យលេខកូដ",
    )


class ServiceUnknown(Problem):
    """Also one that is not offered to other applications."""

    status = 404
    title = Words(
        "Không có lĩnh vực này: hãy lấy service_code từ /open311/v2/services",
        "There is no such service: take service_code from /open311/v2/services",
        "គ្មានសេវានេះទេ៖ សូមយក service_code ពី /open311/v2/services",
    )


class ServiceMissing(Problem):
    status = 400
    title = Words("Thiếu service_code", "service_code was not provided", "ខ្វះ service_code")


class PlaceMissing(Problem):
    status = 400
    title = Words(
        "Thiếu vị trí: cần lat và long, hoặc address_string, hoặc address_id (mã xã, phường)",
        "No place was provided: lat and long, or address_string, or address_id (the code of a commune)",
        "ខ្វះទីតាំង៖ ត្រូវការ lat និង long ឬ address_string ឬ address_id (លេខកូដឃុំ សង្កាត់)",
    )


class FormUnreadable(Problem):
    status = 400
    title = Words(
        "Không đọc được biểu mẫu: cần application/x-www-form-urlencoded bằng UTF-8, Idempotency-Key là UUID",
        "The form cannot be read: send application/x-www-form-urlencoded in UTF-8, and a UUID as Idempotency-Key",
        "មិនអាចអានទម្រង់បែបបទបាន៖ ត្រូវការ application/x-www-form-urlencoded ជា UTF-8 និង Idempotency-Key ជា UUID",
    )


class QueryUnreadable(Problem):
    status = 400
    title = Words(
        "Điều kiện lọc chưa đúng: thời điểm theo ISO 8601 có múi giờ, nhiều nhất 90 ngày, status là open hoặc closed, "
        "nhiều nhất 100 service_request_id",
        "The query is not right: ISO 8601 times with their offset, 90 days at most, status open or closed, "
        "100 service_request_id at most",
        "លក្ខខណ្ឌមិនត្រឹមត្រូវ៖ ពេលវេលា ISO 8601 មានល្វែងម៉ោង ច្រើនបំផុត ៩០ ថ្ងៃ status ជា open ឬ closed "
        "service_request_id ច្រើនបំផុត ១០០",
    )


class VideoNotFound(Problem):
    status = 404
    title = Words("Không có video này", "There is no such video", "គ្មានវីដេអូនេះទេ")


class VideoTooLarge(Problem):
    """`most`: how many bytes it may have."""

    status = 413
    title = Words(
        "Video quá lớn: nhiều nhất 32 MB, khoảng 25 giây. Hãy quay ngắn hơn",
        "The video is too large: 32 MB at most, some 25 seconds; make a shorter one",
        "វីដេអូធំពេក៖ ច្រើនបំផុត ៣២ MB ប្រហែល ២៥ វិនាទី។ សូមថតឱ្យខ្លីជាង",
    )


class VideoRefused(Problem):
    """`found`: what it looks like inside, empty when like nothing known."""

    status = 422
    title = Words(
        "Tệp này không phải video MP4 hoặc MOV mà hệ thống nhận. Hãy bỏ video này hoặc quay lại",
        "This is no MP4 or MOV video that can be taken; take it away or make another one",
        "ឯកសារនេះមិនមែនជាវីដេអូ MP4 ឬ MOV ដែលប្រព័ន្ធទទួលទេ។ សូមដកចេញ ឬថតម្តងទៀត",
    )


class VideoDiffers(Problem):
    """Another one was begun with this report, or what has come is not what was meant."""

    status = 422
    title = Words(
        "Phản ánh này đã có một video khác",
        "Another video was sent with this report",
        "របាយការណ៍នេះមានវីដេអូផ្សេងហើយ",
    )


class PieceElsewhere(Problem):
    """`offset`: where the next piece begins."""

    status = 409
    title = Words(
        "Phần này của video đã đến hoặc chưa tới lượt",
        "This piece of the video has come already, or it is not its turn",
        "ផ្នែកនេះនៃវីដេអូបានមកដល់ហើយ ឬមិនទាន់ដល់វេន",
    )


class PieceRefused(Problem):
    """Empty, longer than 1 MiB, beyond the end, or without its headers."""

    status = 400
    title = Words(
        "Phần video gửi lên không đúng",
        "The piece of the video is not right",
        "ផ្នែកវីដេអូដែលផ្ញើមិនត្រឹមត្រូវ",
    )
