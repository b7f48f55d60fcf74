"""Settings: what is wrong is refused by name, before anything is started."""

import re
import stat
import threading
from pathlib import Path

import msgspec
import pytest

from server.core.settings import Settings, WrongSetting, read_settings
from server.doctor import _findings

SECRET = "k7Qe0Zt3vN9sYx2LwPb5RfJdHuAa8MgC"
PRODUCTION = {"DEMO": "0", "SECRET_KEY": SECRET, "BASE_URL": "https://app.example.org", "TRUSTED_PROXIES": "10.0.0.2"}
OIDC = {
    "OIDC_ISSUER": "https://id.example.org/oauth2/token",
    "OIDC_CLIENT_ID": "citizen-app",
    "OIDC_CLIENT_SECRET": "short but real",
    "OIDC_ASSURANCE": "loa2=2, urn:level=high=3",
}

LGSP = {
    "LGSP_URL": "https://bus.example.org/progress",
    "LGSP_TOKEN_URL": "https://bus.example.org/token",
    "LGSP_CLIENT_ID": "citizen-app",
    "LGSP_CLIENT_SECRET": "short but real",
}
TILES = {"MAP_TILES": "https://tiles.example.org/{z}/{x}/{y}.png", "MAP_TILES_ATTRIBUTION": "© OpenStreetMap"}
REFUSED = [
    ("DEMO", {"DEMO": "yes"}),
    ("DEMO", {"DEMO": "true"}),
    ("PORT", {"PORT": "0"}),
    ("PORT", {"PORT": "65536"}),
    ("PORT", {"PORT": "-1"}),
    ("PORT", {"PORT": "eighty"}),
    ("PORT", {"PORT": "8000.5"}),
    ("PORT", {"PORT": "٨٠٠٠"}),
    ("PORT", {"PORT": "9" * 4400}),
    ("DATABASE_POOL", {"DATABASE_POOL": "1"}),
    ("DATABASE_POOL", {"DATABASE_POOL": "101"}),
    ("WEB_PROCESSES", {"WEB_PROCESSES": "0"}),
    ("WEB_PROCESSES", {"WEB_PROCESSES": "65"}),
    ("REPORT_DAYS", {"REPORT_DAYS": "1"}),
    ("REPORT_DAYS", {"REPORT_DAYS": "59"}),
    ("REPORT_DAYS", {"REPORT_DAYS": "36501"}),
    ("PRIVACY_REQUEST_DAYS", {"PRIVACY_REQUEST_DAYS": "29"}),
    ("PRIVACY_REQUEST_DAYS", {"PRIVACY_REQUEST_DAYS": "36501"}),
    ("RECONCILE_DAYS", {"RECONCILE_DAYS": "2"}),
    ("RECONCILE_DAYS", {"RECONCILE_DAYS": "366"}),
    ("LOG_LEVEL", {"LOG_LEVEL": "loud"}),
    ("LOG_LEVEL", {"LOG_LEVEL": "INFO"}),
    ("DATABASE_URL", {"DATABASE_URL": "mysql://localhost/citizen"}),
    ("DATABASE_URL", {"DATABASE_URL": "localhost:5432"}),
    ("PUSH_CONTACT", {"PUSH_CONTACT": "the desk"}),
    ("PUSH_CONTACT", {"PUSH_CONTACT": "http://example.org"}),
    ("BASE_URL", {"BASE_URL": "app.example.org"}),
    ("BASE_URL", {"BASE_URL": "ftp://app.example.org"}),
    ("BASE_URL", {"BASE_URL": "https://"}),
    ("BASE_URL", {"BASE_URL": "https://app.example.org/"}),
    ("BASE_URL", {"BASE_URL": "https://app.example.org/app"}),
    ("BASE_URL", {"BASE_URL": "https://app.example.org?x=1"}),
    ("BASE_URL", {"BASE_URL": "https://app.example.org#top"}),
    ("BASE_URL", {"BASE_URL": "https://staff@app.example.org"}),
    ("BASE_URL", {"BASE_URL": "https://app.example.org:port"}),
    # What no browser ever sends as its origin: every request would be a stranger's.
    ("BASE_URL", {"BASE_URL": "https://App.example.org"}),
    ("BASE_URL", {"BASE_URL": "https://app.example.org:443"}),
    ("BASE_URL", {"BASE_URL": "http://localhost:80"}),
    ("BASE_URL", {"BASE_URL": "https://app.example.org:0"}),
    ("BASE_URL", {"BASE_URL": "https://app.example.org:99999"}),
    ("BASE_URL", {"BASE_URL": "https://ứng-dụng.vn"}),
    ("BASE_URL", {"BASE_URL": "https://*"}),
    ("BASE_URL", PRODUCTION | {"BASE_URL": "http://app.example.org"}),
    ("PUSH_SERVICES", {"PUSH_SERVICES": "push.example.org"}),
    ("PUSH_SERVICES", {"PUSH_SERVICES": "http://push.example.org"}),
    ("PUSH_SERVICES", {"PUSH_SERVICES": "https://push.example.org, ftp://push.example.org"}),
    ("PUSH_SERVICES", {"PUSH_SERVICES": "https://[::1"}),
    ("PUSH_SERVICES", {"PUSH_SERVICES": "https://*"}),
    ("PUSH_SERVICES", {"PUSH_SERVICES": "https://push.example.org/send"}),
    ("PUSH_SERVICES", {"PUSH_SERVICES": "https://us@push.example.org"}),
    ("PUSH_SERVICES", {"PUSH_SERVICES": "https://push.example.org:99999"}),
    ("PUSH_SERVICES", {"PUSH_SERVICES": "https://Push.example.org:443"}),
    ("PUSH_CONTACT", {"PUSH_CONTACT": "mailto:"}),
    ("PUSH_CONTACT", {"PUSH_CONTACT": "mailto:the desk"}),
    ("PUSH_CONTACT", {"PUSH_CONTACT": "https://"}),
    ("SMS_URLS", {"SMS_URLS": "https://[::1"}),
    ("SMS_URLS", {"SMS_URLS": "https://a.example,https://b.example,https://c.example,https://d.example"}),
    ("ZALO_URL", {"ZALO_URL": "https://zalo.example.org:port", "ZALO_TOKEN": "t", "ZALO_TEMPLATE": "1"}),
    ("VNPAY_URL", {"VNPAY_URL": "https://[::1", "VNPAY_TMN_CODE": "t", "VNPAY_SECRET": "s"}),
    ("MAIL_URL", {"MAIL_URL": "smtp://mail.example.org:port"}),
    ("MAIL_URL", {"MAIL_URL": "smtp://mail.example.org:99999"}),
    ("MAIL_FROM", {"MAIL_FROM": "the desk"}),
    ("FILES_URL", {"FILES_URL": "file://folder"}),
    ("SIGNATURE_ROOTS", {"SIGNATURE_ROOTS": "/nowhere/roots.pem"}),
    ("SIGNATURE_ROOTS", {"SIGNATURE_ROOTS": __file__}),
    ("BANK_ACCOUNT", {"BANK_BIN": "970403", "BANK_NAME": "Ngân hàng", "BANK_HOLDER": "KHO BAC"}),
    ("PUSH_SERVICES", PRODUCTION | {"PUSH_SERVICES": "http://127.0.0.1:9000"}),
    ("OIDC_ISSUER", OIDC | {"OIDC_ISSUER": "id.example.org"}),
    ("OIDC_ISSUER", OIDC | {"OIDC_ISSUER": "https://"}),
    ("OIDC_ISSUER", OIDC | {"OIDC_ISSUER": "https://id.example.org?x=1"}),
    ("OIDC_ISSUER", OIDC | {"OIDC_ISSUER": "https://id.example.org/#top"}),
    ("OIDC_ISSUER", OIDC | {"OIDC_ISSUER": "https://us@id.example.org"}),
    ("OIDC_ISSUER", OIDC | {"OIDC_ISSUER": "http://id.example.org"}),
    ("OIDC_ISSUER", OIDC | {"OIDC_ISSUER": "http://127.0.0.1.example.org"}),
    ("OIDC_ISSUER", PRODUCTION | OIDC | {"OIDC_ISSUER": "http://127.0.0.1:9000"}),
    ("OIDC_CLIENT_ID", OIDC | {"OIDC_CLIENT_ID": ""}),
    ("OIDC_CLIENT_SECRET", OIDC | {"OIDC_CLIENT_SECRET": ""}),
    ("OIDC_SCOPES", OIDC | {"OIDC_SCOPES": "profile phone"}),
    ("OIDC_ASSURANCE", OIDC | {"OIDC_ASSURANCE": ""}),
    ("OIDC_ASSURANCE", OIDC | {"OIDC_ASSURANCE": "loa2"}),
    ("OIDC_ASSURANCE", OIDC | {"OIDC_ASSURANCE": "loa1=1"}),
    ("OIDC_ASSURANCE", OIDC | {"OIDC_ASSURANCE": "loa2=2,loa4=4"}),
    ("OIDC_ASSURANCE", OIDC | {"OIDC_ASSURANCE": "loa2=2,loa2=3"}),
    ("OIDC_CLAIMS", OIDC | {"OIDC_CLAIMS": "email=email"}),
    ("OIDC_CLAIMS", OIDC | {"OIDC_CLAIMS": "name="}),
    ("OIDC_CLAIMS", OIDC | {"OIDC_CLAIMS": "name=name,name=full_name"}),
    ("LGSP_URL", LGSP | {"LGSP_URL": "http://bus.example.org/"}),
    ("LGSP_URL", PRODUCTION | LGSP | {"LGSP_URL": "http://127.0.0.1:9000/"}),
    ("LGSP_TOKEN_URL", LGSP | {"LGSP_TOKEN_URL": ""}),
    ("LGSP_CLIENT_ID", LGSP | {"LGSP_CLIENT_ID": ""}),
    ("LGSP_CLIENT_SECRET", LGSP | {"LGSP_CLIENT_SECRET": ""}),
    ("LGSP_FIELDS", LGSP | {"LGSP_FIELDS": "code=MaHoSo,procedure=MaTTHC,status=TrangThai"}),
    ("LGSP_FIELDS", LGSP | {"LGSP_FIELDS": "code=MaHoSo,officer=NguoiXuLy"}),
    ("TRUSTED_PROXIES", PRODUCTION | {"TRUSTED_PROXIES": ""}),
    ("TRUSTED_PROXIES", {"TRUSTED_PROXIES": "*"}),
    ("TRUSTED_PROXIES", {"TRUSTED_PROXIES": "0.0.0.0/0"}),
    ("TRUSTED_PROXIES", {"TRUSTED_PROXIES": "127.0.0.1, proxy.example.org"}),
    ("TRUSTED_PROXIES", {"TRUSTED_PROXIES": "10.0.0.1/24"}),
    ("SECRET_KEY", {"SECRET_KEY": "x" * 31}),
    ("SECRET_KEY", PRODUCTION | {"SECRET_KEY": "x" * 31}),
    ("SECRET_KEY", PRODUCTION | {"SECRET_KEY": ""}),
    ("SECRET_KEY", PRODUCTION | {"SECRET_KEY": "x" * 32}),
    ("SECRET_KEY", PRODUCTION | {"SECRET_KEY": "abcabc" * 8}),
    ("PAYMENT_PORTAL", {"PAYMENT_PORTAL": "https://portal.example.test/{code}?who={phone}"}),
    ("BANK_NAME", {"BANK_ACCOUNT": "1", "BANK_BIN": "970403", "BANK_HOLDER": "KHO BAC"}),
    ("BANK_HOLDER", {"BANK_ACCOUNT": "1", "BANK_BIN": "970403", "BANK_NAME": "Ngân hàng", "BANK_HOLDER": " "}),
    ("PAYMENT_PORTAL", {"PAYMENT_PORTAL": "http://portal.example.test/{code}"}),
    ("MAP_TILES", TILES | {"MAP_TILES": "https://tiles.example.org/{z}/{x}.png"}),
    ("MAP_TILES", TILES | {"MAP_TILES": "https://tiles.example.org/{z}/{x}/{y}/{y}.png"}),
    ("MAP_TILES", TILES | {"MAP_TILES": "https://tiles.example.org/{z}/{x}/{y}{r}.png"}),
    ("MAP_TILES", TILES | {"MAP_TILES": "https://{s}.example.org/{z}/{x}/{y}.png"}),
    ("MAP_TILES", TILES | {"MAP_TILES": "http://tiles.example.org/{z}/{x}/{y}.png"}),
    ("MAP_TILES", TILES | {"MAP_TILES": "javascript:alert(1)/{z}/{x}/{y}"}),
    ("MAP_TILES", TILES | {"MAP_TILES": "data:image/png,{z}/{x}/{y}"}),
    ("MAP_TILES", TILES | {"MAP_TILES": "//tiles.example.org/{z}/{x}/{y}.png"}),
    ("MAP_TILES", TILES | {"MAP_TILES": "tiles/{z}/{x}/{y}.png"}),
    ("MAP_TILES", TILES | {"MAP_TILES": "/{z}-{x}-{y}.png"}),
    ("MAP_TILES", TILES | {"MAP_TILES": "/assets/{z}/{x}/{y}.png"}),
    ("MAP_TILES", TILES | {"MAP_TILES": "/api/places/{z}/{x}/{y}.png"}),
    ("MAP_TILES", TILES | {"MAP_TILES": "https://us:short but real@tiles.example.org/{z}/{x}/{y}.png"}),
    ("MAP_TILES", TILES | {"MAP_TILES": "https://us@tiles.example.org/{z}/{x}/{y}.png"}),
    ("MAP_TILES", TILES | {"MAP_TILES": "https://tiles.example.org; script-src */{z}/{x}/{y}.png"}),
    ("MAP_TILES", TILES | {"MAP_TILES": "https://tiles.example.org,*/{z}/{x}/{y}.png"}),
    ("MAP_TILES", TILES | {"MAP_TILES": "https://*/{z}/{x}/{y}.png"}),
    ("MAP_TILES", TILES | PRODUCTION | {"MAP_TILES": "http://127.0.0.1:9000/{z}/{x}/{y}.png"}),
    ("MAP_TILES_ATTRIBUTION", TILES | {"MAP_TILES_ATTRIBUTION": " "}),
    ("SECRET_KEY", PRODUCTION | {"SECRET_KEY": "please-Change-Me-before-you-start-it"}),
    ("SECRET_KEY", PRODUCTION | {"SECRET_KEY": "a secret for the tests, of no use to anybody"}),
]


@pytest.mark.parametrize(("name", "environment"), REFUSED, ids=str)
def test_a_wrong_value_is_refused_by_name(name: str, environment: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(WrongSetting) as refusal:
        read_settings({"VAR": str(tmp_path)} | environment)
    assert refusal.value.name == name
    assert str(refusal.value).startswith(f"{name}: ")


def test_the_refusal_does_not_repeat_a_secret(tmp_path: Path) -> None:
    tiles = TILES | {"MAP_TILES": "https://us:short but real@tiles.example.org/{z}/{x}/{y}.png"}
    wrong = ({"SECRET_KEY": "short but real"}, OIDC | {"OIDC_CLIENT_ID": ""}, LGSP | {"LGSP_CLIENT_ID": ""}, tiles)
    for environment in wrong:
        with pytest.raises(WrongSetting) as refusal:
            read_settings({"VAR": str(tmp_path)} | environment)
        assert "short but real" not in str(refusal.value)


def test_the_doctor_tells_no_secret(settings: Settings) -> None:
    names = [it.name for it in msgspec.structs.fields(Settings) if re.search("secret|token|key", it.name)]
    secrets = {it: ("a real one",) if it == "sms_tokens" else "a real one" for it in names if not it.endswith("_url")}
    told = msgspec.structs.replace(settings, mail_url="smtps://us:a-real-one@mail.example.org", **secrets)
    findings = {name: finding for _, name, finding in _findings(told)}
    assert {findings[name.upper()] for name in secrets} == {"set"}
    assert not re.search("real|no use to anybody", str(findings))


ACCEPTED = [
    ({"PORT": " 8001 "}, "port", 8001),
    ({"PORT": "8001"}, "origin", "http://localhost:8001"),
    ({"BASE_URL": "https://app.example.org"}, "origin", "https://app.example.org"),
    ({"BASE_URL": "http://localhost:8001"}, "origin", "http://localhost:8001"),
    ({"BASE_URL": "http://[::1]:8001"}, "origin", "http://[::1]:8001"),
    ({"BASE_URL": "https://app.example.org:8443"}, "origin", "https://app.example.org:8443"),
    ({"BASE_URL": "http://10.0.0.7:8080"}, "origin", "http://10.0.0.7:8080"),
    ({"PUSH_SERVICES": "https://*.push.example.org"}, "push_services", ("https://*.push.example.org",)),
    ({"PUSH_SERVICES": "https://push.example.org:8443"}, "push_services", ("https://push.example.org:8443",)),
    ({"PUSH_CONTACT": "mailto:desk@example.org"}, "push_contact", "mailto:desk@example.org"),
    ({"MAIL_FROM": "Tỉnh <desk@example.org>"}, "mail_from", "Tỉnh <desk@example.org>"),
    ({"MAIL_URL": "smtps://us:p%40ss@mail.example.org:465"}, "mail_url", "smtps://us:p%40ss@mail.example.org:465"),
    ({"FILES_URL": "file:///folder"}, "files_url", "file:///folder"),
    ({"DATABASE_URL": "postgres://citizen@db/citizen"}, "database_url", "postgres://citizen@db/citizen"),
    ({"PUSH_SERVICES": "http://127.0.0.1:9000,"}, "push_services", ("http://127.0.0.1:9000",)),
    ({"PUSH_SERVICES": "http://localhost:9000"}, "push_services", ("http://localhost:9000",)),
    (PRODUCTION | LGSP, "lgsp_client_id", "citizen-app"),
    (OIDC, "oidc_assurance", ("loa2=2", "urn:level=high=3")),
    (OIDC | {"OIDC_SCOPES": "openid profile"}, "oidc_scopes", "openid profile"),
    (OIDC | {"OIDC_ISSUER": "http://127.0.0.1:9000"}, "oidc_issuer", "http://127.0.0.1:9000"),
    (OIDC | {"OIDC_ISSUER": "https://id.example.org/"}, "oidc_issuer", "https://id.example.org/"),
    (PRODUCTION | OIDC, "oidc_claims", ("name=name", "phone=phone_number")),
    ({"OIDC_CLIENT_ID": "citizen-app"}, "oidc_issuer", ""),
    ({"PORT": ""}, "port", 8000),
    ({"SOMETHING_ELSE": "is not ours"}, "port", 8000),
    (PRODUCTION, "demo", False),
    ({"TRUSTED_PROXIES": "127.0.0.1, 10.0.0.0/24, ::1"}, "trusted_proxies", ("127.0.0.1", "10.0.0.0/24", "::1")),
    (PRODUCTION | {"SECRET_KEY": "0123456789abcdef" * 2}, "demo", False),
    (PRODUCTION | TILES, "map_tiles_origin", "https://tiles.example.org"),
    (PRODUCTION | TILES, "map_tiles_attribution", "© OpenStreetMap"),
    (
        TILES | {"MAP_TILES": "https://tiles.example.org:8443/a/{z}/{y}/{x}?key=k"},
        "map_tiles_origin",
        "https://tiles.example.org:8443",
    ),
    (TILES | {"MAP_TILES": "http://127.0.0.1:9000/{z}/{x}/{y}.png"}, "map_tiles_origin", "http://127.0.0.1:9000"),
    (PRODUCTION | TILES | {"MAP_TILES": "/tiles/{z}/{x}/{y}.png"}, "map_tiles_origin", ""),
    ({}, "map_tiles_origin", ""),
]


@pytest.mark.parametrize(("environment", "field", "value"), ACCEPTED)
def test_a_right_value_is_taken(environment: dict[str, str], field: str, value: object, tmp_path: Path) -> None:
    assert getattr(read_settings({"VAR": str(tmp_path)} | environment), field) == value


class TestTheSecretOfADemo:
    def test_is_made_once_and_kept(self, tmp_path: Path) -> None:
        first = read_settings({"VAR": str(tmp_path)})
        assert len(first.secret_key) >= 32
        assert read_settings({"VAR": str(tmp_path)}).secret_key == first.secret_key

    def test_is_for_its_owner_only(self, tmp_path: Path) -> None:
        read_settings({"VAR": str(tmp_path)})
        assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600

    def test_is_the_same_for_many_that_start_together(self, tmp_path: Path) -> None:
        for attempt in range(20):
            var = tmp_path / str(attempt)
            together, secrets = threading.Barrier(8), []

            def start(var: Path = var, together: threading.Barrier = together, secrets: list[str] = secrets) -> None:
                together.wait()
                secrets.append(read_settings({"VAR": str(var)}).secret_key)

            threads = [threading.Thread(target=start) for _ in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert len(secrets) == 8
            assert len(set(secrets)) == 1
            assert len(secrets[0]) >= 32

    def test_is_made_anew_where_a_full_disk_cut_it_off(self, tmp_path: Path) -> None:
        (tmp_path / "secret_key").write_text("cut o")
        secret = read_settings({"VAR": str(tmp_path)}).secret_key
        assert len(secret) >= 32
        assert (tmp_path / "secret_key").read_text() == secret

    def test_needs_a_folder_that_can_be_written(self, tmp_path: Path) -> None:
        (tmp_path / "var").write_text("a file where the folder should be")
        with pytest.raises(WrongSetting, match=r"^VAR: cannot write to "):
            read_settings({"VAR": str(tmp_path / "var")})

    def test_is_not_made_in_production(self, tmp_path: Path) -> None:
        read_settings(PRODUCTION | {"VAR": str(tmp_path)})
        assert list(tmp_path.iterdir()) == []
