"""Everything read from the environment, refused by name when it is wrong.

`make doctor` prints the values in force. Each field's comment is its documentation (see also README.md).
"""

import fcntl
import os
import re
import secrets
from collections.abc import Mapping
from email.utils import parseaddr
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

ROOT = Path(__file__).resolve().parents[2]


class WrongSetting(Exception):
    """A setting has a value the application must not start with."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name}: {why}")
        self.name = name


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """One field per environment variable, in lower case here and in upper case there."""

    demo: bool = True
    """A demonstration: sample people, a secret made by itself, loopback push services allowed. 0 in production."""
    host: str = "127.0.0.1"
    """Address the web server listens on."""
    port: int = 8000
    """Port the web server listens on, 1–65535."""
    base_url: str = ""
    """Public address of the app, scheme and host only. Default: http://localhost:PORT."""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses or networks of the reverse proxies whose `X-Forwarded-For` says who calls: limits count by that.
    Needed outside a demo, where nobody comes without one; anybody else's header means nothing."""
    database_url: str = ""
    """postgresql://… of an own PostgreSQL, 15 or newer. Empty: the embedded one, in VAR/postgres."""
    database_pool: int = 10
    """Connections each web or worker process may hold for its transactions, 2–100; half as many more read and count."""
    web_processes: int = 1
    """Web processes, 1–64."""
    var: Path = ROOT / "var"
    """Folder for everything the app writes."""
    data: Path = ROOT / "data"
    """Folder with the province's seed data (see data/README.md)."""
    pwa: Path = ROOT / "pwa" / "dist"
    """Folder with the built PWA."""
    files_url: str = ""
    """Where files lie that people send: s3://bucket/folder (its credentials by AWS_… as usual) or file:///folder, the
    same for every process. Empty: VAR/files."""
    secret_key: str = ""
    """At least 32 characters; seals what must not lie open in the database. Demo: made once in VAR/secret_key."""
    new_secret_key: str = ""
    """The next SECRET_KEY, for `rotate-key` alone."""
    audit_anchors: Path | None = None
    """Folder for the signed anchors of the audit log; best on another machine. Default: VAR/audit."""
    push_contact: str = "https://example.org/contact"
    """Whom a push service may contact about us: mailto:… or https://… (RFC 8292, 2.1)."""
    push_services: tuple[str, ...] = (
        "https://fcm.googleapis.com",
        "https://*.push.services.mozilla.com",
        "https://*.push.apple.com",
        "https://*.notify.windows.com",
    )
    """Origins a push subscription may point to, separated by commas. http:// on loopback only in a demo."""
    push_at_once: int = 64
    """Requests on their way to one push service at a time, 4–1000; the rest waits for its turn."""
    quiet_night: str = "21:30-06:00"
    """When announcements to many ring nowhere, unless they warn of danger: HH:MM-HH:MM here. The same twice: never."""
    sms_urls: tuple[str, ...] = ()
    """Up to three https:// addresses that carry codes to phones, tried in order. None: a demo's console, or nobody."""
    sms_tokens: tuple[str, ...] = ()
    """Their bearer tokens, in the same order."""
    zalo_url: str = ""
    """Where Zalo takes notifications (ZNS): https://…; http:// on loopback only in a demo. None: a demo's console."""
    zalo_token: str = ""
    """The access token of the province's account there."""
    zalo_template: str = ""
    """The number of the template it has approved: it says that there is news, and has no parameter."""
    mail_url: str = ""
    """The server that takes mail: smtps://USER:PASSWORD@HOST or smtp://… (STARTTLS). None: a demo's console."""
    mail_from: str = "khong-tra-loi@example.org"
    """Whom its mail is from."""
    sms_per_hour: int = 2000
    """How many codes, and slips as texts, may be sent in an hour in all: the budget against bombing, 1–1000000."""
    codes_per_network: int = 20
    """How many codes the phones of one network (IPv4 /24, IPv6 /56) may ask for in an hour, 1–100000. Enough for a
    household or a commune's office; carriers that put thousands of phones behind one network need more."""
    oidc_issuer: str = ""
    """Who signs residents in (VNeID, VNConnect), exactly as it names itself: https://…; http:// on loopback only in a
    demo. Empty: nobody, and residents sign in by phone."""
    oidc_client_id: str = ""
    """What the issuer calls us."""
    oidc_client_secret: str = ""
    """What we prove it with."""
    oidc_scopes: str = "openid"
    """What we ask for, separated by spaces; `openid` among them."""
    oidc_assurance: tuple[str, ...] = ()
    """Which of the issuer's `acr` values is which level of ours, 2 or 3: loa2=2,loa3=3. Any other value is refused."""
    oidc_claims: tuple[str, ...] = ("name=name", "phone=phone_number")
    """Which of its claims holds what of a resident: name, phone, national_id."""
    lgsp_url: str = ""
    """Where the exchange bus (LGSP, NDXP) says what happened to dossiers: https://…; http:// on loopback only in a
    demo. Empty: it is not asked."""
    lgsp_token_url: str = ""
    """Where it gives a token for our client's secret (OAuth 2 client credentials)."""
    lgsp_client_id: str = ""
    """What the bus calls us."""
    lgsp_client_secret: str = ""
    """What we prove it with."""
    lgsp_fields: tuple[str, ...] = (
        "code=MaHoSo",
        "procedure=MaTTHC",
        "status=TrangThai",
        "at=ThoiDiemXuLy",
        "receiving_unit=NoiNopHoSo",
        "handling_unit=PhongBanXuLy",
        "due_at=NgayHenTra",
        "note=NoiDungXuLy",
        "owner_id=SoDinhDanh",
        "result_link=DuongDanTepTinKetQua",
    )
    """Which of its fields holds what of an event, as practised; `owner_phone` and `fee_due` where it has them."""
    signature_roots: Path | None = None
    """A file of PEM certificates whose signatures on results are believed: the roots of the certification authorities
    of the state and of the public. None: a signature is checked for changes, but who signed cannot be said."""
    bank_bin: str = ""
    """The bank of the account that VietQR codes ask to pay into: six digits, as NAPAS numbers it."""
    bank_account: str = ""
    """The account's number. Empty: nobody can pay by transfer."""
    bank_name: str = ""
    """What people call the bank."""
    bank_holder: str = ""
    """Whose account it is, as banks show it."""
    vnpay_url: str = ""
    """Where a browser pays by VNPay (PAY 2.1.0): https://…; http:// on loopback only in a demo. Empty: nobody can."""
    vnpay_api_url: str = ""
    """Where VNPay is asked what became of an order (querydr). Empty: only its notices tell."""
    vnpay_tmn_code: str = ""
    """What VNPay calls us."""
    vnpay_secret: str = ""
    """What both sides sign with (HMAC-SHA512)."""
    reconcile_days: int = 30
    """Days back to which, every night, VNPay is asked about each order whose end it has not confirmed, and the bank's
    statements are compared with the books, 3–365."""
    payment_portal: str = ""
    """Where a dossier's fee is paid at the state's platform: https://…, in which {code}, {dossier}, {amount} and {back}
    (where whoever paid comes back to) are put. Its money is known by the bank's statement. Empty: not offered."""
    dossier_days: int = 0
    """Days a dossier is kept after its end, 0–36500. 0: until somebody decides, for no law we read says how long."""
    report_days: int = 0
    """Days a field report is kept after it was closed, 60–36500: what its people may still do to it must not end first.
    0: until somebody decides, as `dossier_days`."""
    privacy_request_days: int = 730
    """Days that what a resident asked about their data is kept after it was answered, 30–36500. No law we read says how
    long; two years, as what stands in the inbox."""
    large_audience: int = 1000
    """From how many devices or inboxes on whoever lets news out must type the number, 1–100000000."""
    map_tiles: str = ""
    """What lies below the communes on maps: https://HOST/{z}/{x}/{y}.png, or a path of this site that its proxy serves,
    /tiles/{z}/{x}/{y}.png; http:// on loopback only in a demo. Everybody reads it. Empty: the outline alone."""
    map_tiles_attribution: str = ""
    """Whose tiles they are, as it must stand on the map: © OpenStreetMap."""
    log_level: str = "info"
    """debug, info, warning or error."""

    @property
    def origin(self) -> str:
        return self.base_url or f"http://localhost:{self.port}"

    @property
    def map_tiles_origin(self) -> str:
        """Whom pages may ask for pictures beside us; empty: nobody."""
        url = urlsplit(self.map_tiles)
        return f"{url.scheme}://{url.netloc}" if url.netloc else ""

    @property
    def anchors(self) -> Path:
        return self.audit_anchors or self.var / "audit"


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings from the environment (or the given mapping). Raises WrongSetting."""
    environment = os.environ if environment is None else environment
    given: dict[str, object] = {}
    for field in msgspec.structs.fields(Settings):
        name = field.encode_name.upper()
        if environment.get(name):
            given[field.name] = _read(name, field.type, environment[name])
    settings = Settings(**given)  # type: ignore[arg-type]
    _refuse(settings)
    if settings.demo and not settings.secret_key:
        settings = msgspec.structs.replace(settings, secret_key=_own_secret(settings.var))
    return settings


def _read(name: str, kind: object, text: str) -> object:
    text = text.strip()
    if kind is bool:
        if text not in ("0", "1"):
            raise WrongSetting(name, f"is {text!r}, must be 0 or 1")
        return text == "1"
    if kind is int:
        if not re.fullmatch("[0-9]{1,12}", text):
            raise WrongSetting(name, f"is {text[:20]!r}, must be a whole number")
        return int(text)
    if kind in (Path, Path | None):
        return Path(text).expanduser().resolve()
    if kind == tuple[str, ...]:
        return tuple(part.strip() for part in text.split(",") if part.strip())
    return text


def _refuse(settings: Settings) -> None:
    for name, low, high in (
        ("port", 1, 65535),
        ("database_pool", 2, 100),
        ("web_processes", 1, 64),
        ("push_at_once", 4, 1000),
        ("large_audience", 1, 10**8),
        ("sms_per_hour", 1, 10**6),
        ("codes_per_network", 1, 10**5),
        ("dossier_days", 0, 36_500),
        ("report_days", 0, 36_500),
        ("privacy_request_days", 30, 36_500),
        ("reconcile_days", 3, 365),
    ):
        if not low <= getattr(settings, name) <= high:
            raise WrongSetting(name.upper(), f"is {getattr(settings, name)}, must be {low} to {high}")
    # Four weeks after it was fixed its people are asked, a week late at most, and may open it again for two weeks more.
    if 0 < settings.report_days < 60:
        raise WrongSetting("REPORT_DAYS", f"is {settings.report_days}, must be 0 or 60 to 36500")
    if settings.log_level not in ("debug", "info", "warning", "error"):
        raise WrongSetting("LOG_LEVEL", f"is {settings.log_level!r}, must be debug, info, warning or error")
    if not re.fullmatch(r"(([01]\d|2[0-3]):[0-5]\d(-|$)){2}", settings.quiet_night, re.ASCII):
        raise WrongSetting("QUIET_NIGHT", f"is {settings.quiet_night!r}, must be like 21:30-06:00")
    if settings.database_url and not settings.database_url.startswith(("postgresql://", "postgres://")):
        raise WrongSetting("DATABASE_URL", "must begin with postgresql://")
    if not re.fullmatch(r"mailto:\S+@\S+|https://[^/?#\s]\S*", settings.push_contact):
        raise WrongSetting("PUSH_CONTACT", "must be mailto:NAME@HOST or https://HOST/…")
    _refuse_origins(settings)
    if settings.oidc_issuer:
        _refuse_oidc(settings)
    if settings.files_url and not re.fullmatch(r"((s3|gs|az)://|file:///)\S+", settings.files_url):
        raise WrongSetting("FILES_URL", "must be s3://bucket/folder or file:///folder")
    if settings.zalo_url:
        if not _is_safe(settings.zalo_url, demo=settings.demo):
            raise WrongSetting("ZALO_URL", "must be https:// (http:// only on loopback in a demo)")
        if not settings.zalo_token or not settings.zalo_template:
            raise WrongSetting("ZALO_TEMPLATE", "ZALO_URL needs ZALO_TOKEN and ZALO_TEMPLATE")
    if settings.mail_url and not (
        re.fullmatch(r"smtps?://(\S+@)?[^/?#@\s]+", settings.mail_url) and _can_be_read(settings.mail_url)
    ):
        raise WrongSetting("MAIL_URL", "must be smtps://USER:PASSWORD@HOST or smtp://…")
    if not parseaddr(settings.mail_from)[1].partition("@")[2]:
        raise WrongSetting("MAIL_FROM", f"is {settings.mail_from!r}, must be an address such as desk@example.org")
    if settings.signature_roots:
        _refuse_roots(settings.signature_roots)
    if settings.lgsp_url:
        _refuse_lgsp(settings)
    _refuse_payments(settings)
    if settings.map_tiles:
        _refuse_map_tiles(settings)
    for name in ("secret_key", "new_secret_key"):
        secret = getattr(settings, name)
        if secret and len(secret) < 32:
            raise WrongSetting(name.upper(), "must have at least 32 characters")
        if secret and not settings.demo and _anybody_knows(secret):
            raise WrongSetting(name.upper(), "can be guessed; make one: openssl rand -base64 48")
    if not settings.demo and not settings.secret_key:
        raise WrongSetting("SECRET_KEY", "is missing; outside a demo (DEMO=0) it must be set")
    for proxy in settings.trusted_proxies:
        if not _is_network(proxy):
            raise WrongSetting("TRUSTED_PROXIES", f"{proxy!r} must be an address or a network such as 10.0.0.0/24")
    if not settings.demo and not settings.trusted_proxies:
        raise WrongSetting("TRUSTED_PROXIES", "is missing; without it all residents would share one limit (DEMO=0)")


def _is_network(text: str) -> bool:
    """Not everybody's, which would let callers choose who they are."""
    try:
        return ip_network(text).prefixlen > 0
    except ValueError:
        return False


def _anybody_knows(secret: str) -> bool:
    """A placeholder, or a few characters again and again; 32 random hexadecimal digits have 14 kinds on average."""
    return len(set(secret)) < 8 or bool(re.search("change.?me|secret|password|example|citizen", secret, re.IGNORECASE))


def _refuse_origins(settings: Settings) -> None:
    if settings.base_url:
        # What a browser sends as `Origin`: a scheme, a host in small letters, perhaps a port that is not the usual one.
        if not (
            re.fullmatch(r"https?://(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:[1-9][0-9]{0,4})?", settings.base_url)
            and _can_be_read(settings.base_url)
        ):
            raise WrongSetting(
                "BASE_URL",
                f"is {settings.base_url!r}, must be an origin as browsers write it, such as https://app.example.org",
            )
        if re.search("^(http:.*:80|https:.*:443)$", settings.base_url):
            raise WrongSetting("BASE_URL", f"is {settings.base_url!r}, must not name the usual port")
        if not settings.demo and not settings.base_url.startswith("https:"):
            raise WrongSetting("BASE_URL", "must be https:// outside a demo (DEMO=0)")
    for name, addresses in (("PUSH_SERVICES", settings.push_services), ("SMS_URLS", settings.sms_urls)):
        for address in addresses:
            if not _is_safe(address, demo=settings.demo):
                raise WrongSetting(name, f"{address!r} must be https://HOST (http:// only on loopback in a demo)")
    for address in settings.push_services:
        # Endpoints are compared as browsers write them: anything else would match none.
        if not re.fullmatch(r"https?://(\*\.)?[a-z0-9][a-z0-9.-]*(:[1-9][0-9]{0,4})?", address):
            raise WrongSetting(
                "PUSH_SERVICES",
                f"{address!r} must be an origin such as https://push.example.org or https://*.example.org",
            )
    if len(settings.sms_urls) > 3:
        raise WrongSetting("SMS_URLS", f"names {len(settings.sms_urls)}, must be up to three")


def _can_be_read(address: str) -> bool:
    """Neither half a bracket nor a port there is none of."""
    try:
        return urlsplit(address).port != 0
    except ValueError:
        return False


def _is_safe(address: str, *, demo: bool) -> bool:
    if not _can_be_read(address):
        return False
    url = urlsplit(address)
    if url.scheme == "https":
        return bool(url.hostname)
    return url.scheme == "http" and demo and url.hostname in ("127.0.0.1", "localhost")


def _refuse_roots(path: Path) -> None:
    try:
        certificates = path.read_bytes().count(b"-----BEGIN CERTIFICATE-----")
    except OSError as error:
        raise WrongSetting("SIGNATURE_ROOTS", f"cannot read {path}: {error.strerror}") from None
    if not certificates:
        raise WrongSetting("SIGNATURE_ROOTS", f"{path} holds no PEM certificate")


def _refuse_oidc(settings: Settings) -> None:
    issuer = re.fullmatch(
        r"(https?)://(\[[0-9a-f:.]+\]|[^/?#@:\[\]\s]+)(:[0-9]{1,5})?(/[^?#\s]*)?", settings.oidc_issuer
    )
    if not issuer:
        raise WrongSetting("OIDC_ISSUER", f"is {settings.oidc_issuer!r}, must be https://HOST or https://HOST/PATH")
    if not _is_safe(settings.oidc_issuer, demo=settings.demo):
        raise WrongSetting("OIDC_ISSUER", "must be https:// (http:// only on loopback in a demo)")
    for name in ("oidc_client_id", "oidc_client_secret", "oidc_assurance"):
        if not getattr(settings, name):
            raise WrongSetting(name.upper(), "is missing; OIDC_ISSUER needs it")
    if "openid" not in settings.oidc_scopes.split():
        raise WrongSetting("OIDC_SCOPES", f"is {settings.oidc_scopes!r}, must name openid")
    for name, pair, example in (
        ("oidc_assurance", r"(\S+)=[23]", "loa2=2,loa3=3"),
        ("oidc_claims", r"(name|phone|national_id)=\S+", "name=name,phone=phone_number"),
    ):
        _refuse_pairs(name, getattr(settings, name), pair, example)


def _refuse_lgsp(settings: Settings) -> None:
    for name in ("lgsp_url", "lgsp_token_url"):
        if not _is_safe(getattr(settings, name), demo=settings.demo):
            raise WrongSetting(name.upper(), "must be https:// (http:// only on loopback in a demo)")
    for name in ("lgsp_client_id", "lgsp_client_secret"):
        if not getattr(settings, name):
            raise WrongSetting(name.upper(), "is missing; LGSP_URL needs it")
    fields = (
        "code|procedure|status|at|receiving_unit|handling_unit|due_at|answer_by|silence_consents|note|owner_phone"
        "|owner_id|result_link|fee_due"
    )
    _refuse_pairs("lgsp_fields", settings.lgsp_fields, rf"({fields})=\S+", "code=MaHoSo,status=TrangThai")
    missing = {"code", "procedure", "status", "at"} - {pair.partition("=")[0] for pair in settings.lgsp_fields}
    if missing:
        raise WrongSetting("LGSP_FIELDS", f"does not say which field holds {min(missing)}")


def _refuse_payments(settings: Settings) -> None:
    if settings.bank_account and not re.fullmatch(r"[0-9A-Za-z]{1,19}", settings.bank_account, re.ASCII):
        raise WrongSetting("BANK_ACCOUNT", "must be 1 to 19 letters and digits")
    if settings.bank_account and not re.fullmatch(r"[0-9]{6}", settings.bank_bin, re.ASCII):
        raise WrongSetting("BANK_BIN", "must be six digits; BANK_ACCOUNT needs it")
    # Whoever copies the account by hand chooses the bank by its name, and sees by the holder that it is the right one.
    if not settings.bank_account and (settings.bank_bin or settings.bank_name or settings.bank_holder):
        raise WrongSetting("BANK_ACCOUNT", "is missing; BANK_BIN, BANK_NAME and BANK_HOLDER need it")
    for name in ("bank_name", "bank_holder"):
        if settings.bank_account and not getattr(settings, name).strip():
            raise WrongSetting(name.upper(), "is missing; BANK_ACCOUNT needs it")
    for name in ("vnpay_url", "vnpay_api_url", "payment_portal"):
        address = getattr(settings, name)
        if address and not _is_safe(address, demo=settings.demo):
            raise WrongSetting(name.upper(), "must be https:// (http:// only on loopback in a demo)")
    if set(re.findall(r"\{(.*?)\}", settings.payment_portal)) - {"code", "dossier", "amount", "back"}:
        raise WrongSetting("PAYMENT_PORTAL", "may hold {code}, {dossier}, {amount} and {back}")
    for name in ("vnpay_tmn_code", "vnpay_secret"):
        if settings.vnpay_url and not getattr(settings, name):
            raise WrongSetting(name.upper(), "is missing; VNPAY_URL needs it")


def _refuse_map_tiles(settings: Settings) -> None:
    template = settings.map_tiles
    if re.match(r"[^/]*//[^/]*@", template):
        raise WrongSetting("MAP_TILES", "must hold neither name nor password: everybody reads it")
    # Of our own site, what the phone keeps (the app, public answers) is no place for tiles.
    own = r"/(?!(api|assets|feeds|health|open311|staff)/)[\w-][\w.-]*"
    if not re.fullmatch(rf"(https?://[a-z0-9.-]+(:[0-9]{{1,5}})?|{own})/[^\s\\\"'<>#]+", template, re.ASCII):
        raise WrongSetting(
            "MAP_TILES", f"is {template!r}, must be https://HOST/{{z}}/{{x}}/{{y}}.png or /tiles/{{z}}/{{x}}/{{y}}.png"
        )
    if settings.map_tiles_origin and not _is_safe(template, demo=settings.demo):
        raise WrongSetting("MAP_TILES", "must be https:// (http:// only on loopback in a demo)")
    if sorted(re.findall(r"\{(.*?)\}", template)) != ["x", "y", "z"]:
        raise WrongSetting("MAP_TILES", "must hold {z}, {x} and {y}, each once")
    if not settings.map_tiles_attribution:
        raise WrongSetting("MAP_TILES_ATTRIBUTION", "is missing; MAP_TILES needs it: a map names whose tiles it shows")


def _refuse_pairs(name: str, pairs: tuple[str, ...], pattern: str, example: str) -> None:
    read = [re.fullmatch(pattern, pair) for pair in pairs]
    known = [found[1] for found in read if found]
    if len(known) < len(read) or len(set(known)) < len(known):
        raise WrongSetting(name.upper(), f"must be like {example}, each named once")


def _own_secret(var: Path) -> str:
    path = var / "secret_key"
    try:
        var.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+") as file:
            # Of processes that start together one makes the secret, and the others wait until it is whole.
            fcntl.flock(file, fcntl.LOCK_EX)
            secret = file.read()
            if len(secret) < 32:  # new, or cut off by a full disk
                secret = secrets.token_urlsafe(48)
                file.seek(0)
                file.write(secret)
            return secret
    except OSError as error:
        raise WrongSetting("VAR", f"cannot write to {var}: {error.strerror}") from None


def keep_own_secret(var: Path, former: str, secret: str) -> bool:
    """Put the new secret where a demonstration has kept the former one, if it has; whether it had. Raises OSError."""
    path = var / "secret_key"
    if not path.is_file() or path.read_text() != former:
        return False
    beside = path.with_suffix(".new")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(secret)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    return True
