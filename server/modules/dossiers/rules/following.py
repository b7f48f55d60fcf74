"""What both sides are told when somebody follows a dossier that is not theirs."""

from typing import NamedTuple

from server.core.words import Words

PERMISSION = "dossiers:follow"
"""What allows such a look: no right of staff, but the owner's consent."""

PLAIN = Words(
    "Có tin về việc theo dõi hồ sơ cùng nhau",
    "There is news about following a dossier together",
    "មានដំណឹងអំពីការតាមដានសំណុំឯកសាររួមគ្នា",
)


class Said(NamedTuple):
    """`{code}`: of which dossier; `{who}`: the other one, as they call themselves."""

    title: Words
    body: Words


INVITED = Said(
    Words("Bạn được mời theo dõi một hồ sơ", "You are invited to follow a dossier", "អ្នកត្រូវបានអញ្ជើញតាមដានសំណុំឯកសារ"),
    Words(
        "Chủ hồ sơ {code} mời bạn theo dõi cùng. Bạn nhận lời hay không tùy bạn.",
        "The owner of dossier {code} invites you to follow it. Whether you do is up to you.",
        "ម្ចាស់សំណុំឯកសារ {code} អញ្ជើញអ្នកតាមដានជាមួយ។ អ្នកអាចទទួល ឬមិនទទួល។",
    ),
)
ASKED = Said(
    Words("Có người xin theo dõi hồ sơ của bạn", "Somebody asks to follow your dossier", "មានគេសុំតាមដានសំណុំឯកសាររបស់អ្នក"),
    Words(
        "{who} xin theo dõi hồ sơ {code}. Chỉ đồng ý nếu bạn biết người này.",
        "{who} asks to follow dossier {code}. Agree only if you know this person.",
        "{who} សុំតាមដានសំណុំឯកសារ {code}។ យល់ព្រមតែបើអ្នកស្គាល់បុគ្គលនេះ។",
    ),
)
LET = Said(
    Words("Bạn được theo dõi hồ sơ", "You may follow the dossier", "អ្នកអាចតាមដានសំណុំឯកសារ"),
    Words(
        "Chủ hồ sơ {code} đã đồng ý. Hồ sơ chuyển bước thì bạn cũng được báo.",
        "The owner of dossier {code} has agreed. When it moves, you are told too.",
        "ម្ចាស់សំណុំឯកសារ {code} បានយល់ព្រម។ ពេលវាទៅជំហានបន្ទាប់ អ្នកក៏ទទួលដំណឹងដែរ។",
    ),
)
ACCEPTED = Said(
    Words("Đã có người theo dõi hồ sơ cùng bạn", "Somebody follows your dossier now", "មានគេតាមដានសំណុំឯកសារជាមួយអ្នកហើយ"),
    Words(
        "{who} đã nhận lời theo dõi hồ sơ {code}. Bạn dừng được bất cứ lúc nào.",
        "{who} follows dossier {code} now. You can end it at any time.",
        "{who} បានទទួលតាមដានសំណុំឯកសារ {code}។ អ្នកអាចបញ្ឈប់ពេលណាក៏បាន។",
    ),
)
LEFT = Said(
    Words(
        "Một người thôi theo dõi hồ sơ của bạn", "Somebody no longer follows your dossier", "មានគេឈប់តាមដានសំណុំឯកសាររបស់អ្នក"
    ),
    Words(
        "{who} không theo dõi hồ sơ {code} nữa.",
        "{who} no longer follows dossier {code}.",
        "{who} លែងតាមដានសំណុំឯកសារ {code} ទៀតហើយ។",
    ),
)
ENDED = Said(
    Words("Bạn không còn theo dõi một hồ sơ", "You no longer follow a dossier", "អ្នកលែងតាមដានសំណុំឯកសារមួយ"),
    Words(
        "Chủ hồ sơ {code} đã dừng việc theo dõi cùng.",
        "The owner of dossier {code} has ended it.",
        "ម្ចាស់សំណុំឯកសារ {code} បានបញ្ឈប់ការតាមដាន។",
    ),
)
_SOMEBODY = Words("Một người", "Somebody", "មានម្នាក់")


def put(frame: Words, code: str, who: str) -> Words:
    # By replacing, not by format: a name may hold braces.
    return Words(
        *(
            line.replace("{code}", code).replace("{who}", who or somebody)
            for line, somebody in zip(frame, _SOMEBODY, strict=True)
        )
    )
