"""The decisions of the notifications, by table."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.settings import Settings
from server.modules.notifications.rules.push import (
    Outcome,
    may_connect,
    next_try,
    outcome_of,
    pause_of,
    service_of,
    subscription_of,
)
from tests.pushservice import b64

SERVICES = Settings().push_services
DEMO = (*SERVICES, "http://127.0.0.1:8123", "http://localhost:8124", "https://10.1.2.3", "https://push.example.vn:8443")


class TestWhereAPushMayGo:
    @pytest.mark.parametrize(
        ("endpoint", "service"),
        [
            ("https://fcm.googleapis.com/fcm/send/cX:APA91b-_~", "https://fcm.googleapis.com"),
            ("https://fcm.googleapis.com:443/fcm/send/x", "https://fcm.googleapis.com"),
            (
                "https://updates.push.services.mozilla.com/wpush/v2/gAAAA",
                "https://updates.push.services.mozilla.com",
            ),
            ("https://web.push.apple.com/QGT?a=%2F..", "https://web.push.apple.com"),
            ("https://sg2p.notify.windows.com/w/?token=BQYAAA%2b%3d", "https://sg2p.notify.windows.com"),
            ("https://a.b.notify.windows.com/w/", "https://a.b.notify.windows.com"),
            ("http://127.0.0.1:8123/wpush/x", "http://127.0.0.1:8123"),
            ("http://localhost:8124/wpush/x", "http://localhost:8124"),
            ("https://10.1.2.3/x", "https://10.1.2.3"),
            ("https://push.example.vn:8443/x", "https://push.example.vn:8443"),
        ],
    )
    def test_a_push_service_on_the_list(self, endpoint: str, service: str) -> None:
        assert service_of(endpoint, DEMO) == service

    @pytest.mark.parametrize(
        "endpoint",
        [
            # another scheme, no scheme, no host
            "http://fcm.googleapis.com/x",
            "ftp://fcm.googleapis.com/x",
            "HTTPS://fcm.googleapis.com/x",
            "//fcm.googleapis.com/x",
            "https:fcm.googleapis.com/x",
            "https:///fcm.googleapis.com/x",
            "https://",
            "https://fcm.googleapis.com",
            "",
            # another port
            "https://fcm.googleapis.com:8443/x",
            "https://fcm.googleapis.com:80/x",
            "https://fcm.googleapis.com:0443/x",
            "https://fcm.googleapis.com:/x",
            "https://updates.push.services.mozilla.com:22/x",
            # user info, and hosts that hide behind it
            "https://user@fcm.googleapis.com/x",
            "https://user:pass@fcm.googleapis.com/x",
            "https://fcm.googleapis.com@evil.example/x",
            "https://fcm.googleapis.com:443@evil.example/x",
            "https://evil.example#@fcm.googleapis.com/x",
            "https://evil.example\\@fcm.googleapis.com/x",
            "https://fcm.googleapis.com\\.evil.example/x",
            "https://fcm.googleapis.com/x#y",
            "https://fcm.googleapis.com/a\\b",
            # hosts that only look alike
            "https://fcm.googleapis.com.evil.example/x",
            "https://xfcm.googleapis.com/x",
            "https://fcm.googleapis.com./x",
            "https://fcm。googleapis。com/x",
            "https://fcm.googleapis%2ecom/x",
            "https://ｆcm.googleapis.com/x",
            "https://FCM.googleapis.com/x",
            "https://notify.windows.com/x",
            "https://evilnotify.windows.com/x",
            "https://.notify.windows.com/x",
            "https://..notify.windows.com/x",
            "https://*.notify.windows.com/x",
            "https://-a.notify.windows.com/x",
            "https://a_b.notify.windows.com/x",
            "https://notify.windows.com.evil.example/x",
            "https://" + "a" * 64 + ".notify.windows.com/x",
            # addresses, in every notation
            "https://127.0.0.1/x",
            "https://127.1/x",
            "https://2130706433/x",
            "https://0x7f000001/x",
            "https://0x7f.0.0.1/x",
            "https://0177.0.0.1/x",
            "https://[::1]/x",
            "https://[::ffff:127.0.0.1]/x",
            "https://[fe80::1%25eth0]/x",
            "https://169.254.169.254/latest/meta-data/",
            "https://10.1.2.4/x",
            "http://10.1.2.3/x",
            "https://127.0.0.1:8123/x",
            # a listed loopback service is that one only
            "http://127.0.0.1:8124/x",
            "http://127.0.0.1/x",
            "http://localhost:8123/x",
            "http://127.0.0.1:8123@evil.example/x",
            "http://localhost.evil.example:8124/x",
            # characters that parsers disagree about
            "https://fcm.googleapis.com/a b",
            "https://fcm.googleapis.com/a\tb",
            "https://fcm.googleapis.com/\r\nHost: evil.example",
            "https://fcm.googleapis.com/a\x00",
            "https://fcm.googleapis.com/đ",
            " https://fcm.googleapis.com/x",
            "https://fcm.googleapis.com/x\n",
            "https://fcm.google\tapis.com/x",
            "https://fcm.googleapis.com/" + "x" * 2_048,
        ],
    )
    def test_everything_else_is_refused(self, endpoint: str) -> None:
        assert service_of(endpoint, DEMO) is None

    def test_no_wildcard_covers_an_address(self) -> None:
        assert service_of("https://1.2.3.4/x", ["https://*.3.4"]) is None

    @given(st.text(max_size=60))
    def test_nobody_gets_in_by_chance(self, text: str) -> None:
        assert service_of(f"https://{text}/x", SERVICES) in (None, "https://fcm.googleapis.com")

    @pytest.mark.parametrize(
        "address", ["142.250.4.95", "34.107.1.1", "17.188.1.1", "2404:6800:4003::5f", "2a01:111:f400::1"]
    )
    def test_a_global_address(self, address: str) -> None:
        assert may_connect(address)
        assert not may_connect(address, loopback=True)

    @pytest.mark.parametrize(
        "address",
        [
            *("127.0.0.1", "127.9.9.9", "::1"),
            *("10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "fc00::1", "fd12:3456::1"),
            *("169.254.169.254", "fe80::1", "fe80::1%eth0", "fec0::1"),
            *("0.0.0.0", "::", "100.64.0.1", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1"),
            *("224.0.0.1", "239.255.255.255", "ff02::1", "ff0e::1"),
            *("240.0.0.1", "255.255.255.255", "4000::1", "5f00::1"),
            *("::ffff:127.0.0.1", "::ffff:8.8.8.8", "::7f00:1", "::ffff:0:7f00:1"),
            *("2002:7f00:1::", "2002:808:808::1", "192.88.99.1"),
            *("64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::1"),
            *("2001:0:1::1", "2001:db8::1", "2001:10::1", "3fff::1", "100::1"),
        ],
    )
    def test_no_other_address(self, address: str) -> None:
        assert not may_connect(address)

    @pytest.mark.parametrize(
        ("address", "may"), [("127.0.0.1", True), ("::1", True), ("10.0.0.1", False), ("169.254.169.254", False)]
    )
    def test_in_a_demo_only_loopback(self, address: str, may: bool) -> None:
        assert may_connect(address, loopback=True) is may


# RFC 8291, appendix A
POINT = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"


class TestTheKeysOfASubscription:
    @pytest.mark.parametrize(("p256dh", "auth"), [(POINT, AUTH), (POINT + "=", AUTH + "==")])
    def test_a_point_and_sixteen_bytes(self, p256dh: str, auth: str) -> None:
        subscription = subscription_of("https://fcm.googleapis.com/x", p256dh, auth)
        assert subscription is not None
        assert (len(subscription.p256dh), len(subscription.auth)) == (65, 16)

    @pytest.mark.parametrize(
        ("p256dh", "auth"),
        [
            ("", AUTH),
            (POINT, ""),
            (POINT[:-4], AUTH),
            (POINT + "AAAA", AUTH),
            (POINT, AUTH[:-4]),
            (POINT, AUTH + "AAAA"),
            (POINT, AUTH + "==="),
            (POINT, AUTH[:-1]),
            (POINT.replace("_", "/"), AUTH),
            (POINT, AUTH.replace("_", "/")),
            (POINT[:-1] + "!", AUTH),
            (POINT[:-8] + "AAAAAAAA", AUTH),  # beside the curve
            (b64(b"\x04" + bytes(64)), AUTH),
            (b64(b"\x02" + bytes(64)), AUTH),
            (b64(bytes(65)), AUTH),
            ("=" * 88, AUTH),
            ("Đ" * 87, AUTH),
            ("A" * 4_000, AUTH),
        ],
    )
    def test_nothing_else(self, p256dh: str, auth: str) -> None:
        assert subscription_of("https://fcm.googleapis.com/x", p256dh, auth) is None


class TestWhatAnAnswerMeans:
    @pytest.mark.parametrize(
        ("status", "outcome"),
        [
            *((status, Outcome.ACCEPTED) for status in (200, 201, 202)),
            *((status, Outcome.GONE) for status in (404, 410)),
            (429, Outcome.PAUSE),
            *((status, Outcome.RETRY) for status in (None, 408, 500, 502, 503, 504, 599)),
            *((status, Outcome.FAILED) for status in (301, 302, 303, 307, 308)),
            *((status, Outcome.FAILED) for status in (100, 204, 400, 401, 403, 413, 415, 600)),
        ],
    )
    def test_by_table(self, status: int | None, outcome: Outcome) -> None:
        assert outcome_of(status) is outcome

    def test_five_more_tries_and_then_no_more(self) -> None:
        assert [next_try(attempts, 0) for attempts in range(1, 7)] == [2, 8, 30, 120, 600, None]
        assert [next_try(attempts, 1) for attempts in range(1, 7)] == [3, 12, 45, 180, 900, None]

    def test_a_service_that_says_when_is_not_asked_before(self) -> None:
        assert [next_try(1, 0, said) for said in (None, 1, 17, 3_600, 20_000)] == [2, 2, 17, 3_600, 3_600]
        assert next_try(6, 0, 17) is None

    @pytest.mark.parametrize(
        ("retry_after", "seconds"), [(120, 120), (1, 1), (3_600, 3_600), (86_400, 3_600), (None, 60), (0, 60), (-5, 1)]
    )
    def test_how_long_a_service_is_left_alone(self, retry_after: int | None, seconds: int) -> None:
        assert pause_of(retry_after) == seconds
