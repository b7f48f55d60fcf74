"""How what this module holds about a person is called when they take a copy of it, and the files that lie beside it."""

from server.core.looks import Why
from server.core.words import Words
from server.modules.privacy.rules.requests import Kind, State

TITLE = Words("Dữ liệu và quyền riêng tư", "Data and privacy", "ទិន្នន័យ និងភាពឯកជន")

NAMES: dict[str, Words] = {
    "đồng ý": Words("Đồng ý", "Consents", "ការយល់ព្រម"),
    "mục đích": Words("Mục đích", "Purpose", "គោលបំណង"),
    "bản": Words("Bản", "Version", "កំណែ"),
    "rút lại lúc": Words("Rút lại lúc", "Taken back at", "ដកវិញនៅ"),
    "yêu cầu": Words("Yêu cầu", "Requests", "សំណើ"),
    "trả lời": Words("Trả lời", "Answer", "ចម្លើយ"),
    "trả lời lúc": Words("Trả lời lúc", "Answered at", "បានឆ្លើយនៅ"),
    "ai đã xem": Words("Ai đã xem", "Who looked", "នរណាបានមើល"),
    "việc": Words("Với tư cách", "Acting as", "ក្នុងនាមជា"),
    "lý do": Words("Lý do", "Reason", "មូលហេតុ"),
}

FILES = "tệp"
BESIDE: dict[str, Words] = {
    FILES: Words("Tệp", "Files", "ឯកសារភ្ជាប់"),
    "kèm theo": Words("Kèm theo", "Enclosed", "បានភ្ជាប់"),
    "không kèm theo, xem trong ứng dụng": Words(
        "Không kèm theo, xem trong ứng dụng", "Not enclosed, see them in the app", "មិនបានភ្ជាប់ សូមមើលក្នុងកម្មវិធី"
    ),
}

KINDS: dict[Kind, Words] = {
    Kind.COPY: Words("Bản sao dữ liệu", "A copy of the data", "ច្បាប់ចម្លងទិន្នន័យ"),
    Kind.CORRECTION: Words("Sửa thông tin sai", "Correct something wrong", "កែព័ត៌មានខុស"),
    Kind.STOP: Words("Ngừng dùng vào một việc", "Stop using data for something", "ឈប់ប្រើក្នុងការងារណាមួយ"),
    Kind.ERASURE: Words("Xóa tài khoản và dữ liệu", "Erase the account and data", "លុបគណនី និងទិន្នន័យ"),
}

STATES: dict[State, Words] = {
    State.OPEN: Words("Đang xử lý", "Under way", "កំពុងដំណើរការ"),
    State.DONE: Words("Đã xong", "Done", "រួចរាល់"),
    State.REFUSED: Words("Bị từ chối", "Refused", "ត្រូវបានបដិសេធ"),
    State.WITHDRAWN: Words("Bạn đã rút", "Taken back by you", "អ្នកបានដកវិញ"),
}

REASONS: dict[Why, Words] = {
    Why.DESK: Words("Vì bạn đến quầy", "Because you came to the desk", "ព្រោះអ្នកមកបញ្ជរ"),
    Why.WORK: Words(
        "Vì đang giải quyết việc của bạn",
        "Because your case is being dealt with",
        "ព្រោះកំពុងដោះស្រាយការងាររបស់អ្នក",
    ),
    Why.RIGHTS: Words("Vì bạn hỏi về dữ liệu của mình", "Because you asked about your data", "ព្រោះអ្នកសួរអំពីទិន្នន័យរបស់អ្នក"),
    Why.CONSENT: Words(
        "Người bạn cho theo dõi hồ sơ cùng đã mở xem",
        "Somebody you let follow your dossier has opened it",
        "អ្នកដែលអ្នកឲ្យតាមដានសំណុំឯកសារបានបើកមើល",
    ),
    Why.SAFETY: Words(
        "Vì có dấu hiệu sai sót hoặc lạm dụng",
        "Because something seemed wrong or misused",
        "ព្រោះមានសញ្ញាខុស ឬប្រើខុស",
    ),
}
