"""E-mail, over the SMTP server of MAIL_URL; in a demonstration without one, written to standard error."""

import asyncio
import smtplib
import ssl
import sys
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import unquote, urlsplit
from uuid import UUID

from server.core.settings import Settings
from server.modules.notifications.rules.other_ways import NotTaken

_TIMEOUT = 10.0  # seconds for each step


def is_there(settings: Settings) -> bool:
    return settings.demo or bool(settings.mail_url)


async def send(settings: Settings, to: str, subject: str, text: str, message_id: UUID) -> str | None:
    """Who took it; None when nobody carries any, or when there is no such mailbox. Raises NotTaken.

    The same `message_id` again is the same message for whoever reads it.
    """
    if not settings.mail_url:
        if not settings.demo:
            return None
        sys.stderr.write(f"\n  E-mail: {subject}\n  {text}\n\n")
        return "console"
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = settings.mail_from, to, subject
    message["Message-ID"] = f"<{message_id}@{settings.mail_from.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    return await asyncio.to_thread(_deliver, settings, message)


def _deliver(settings: Settings, message: EmailMessage) -> str | None:
    url = urlsplit(settings.mail_url)
    host = url.hostname or ""
    try:
        if url.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                host, url.port or 465, timeout=_TIMEOUT, context=ssl.create_default_context()
            )
        else:
            server = smtplib.SMTP(host, url.port or 587, timeout=_TIMEOUT)
        with server:
            # Only a sandbox on this machine is spoken to in the clear.
            if url.scheme == "smtp" and host not in ("127.0.0.1", "localhost"):
                server.starttls(context=ssl.create_default_context())
            if url.username:
                server.login(unquote(url.username), unquote(url.password or ""))
            server.send_message(message)
    except smtplib.SMTPRecipientsRefused as refused:
        # 5xx is for ever: there is no such mailbox.
        if all(code >= 500 for code, _ in refused.recipients.values()):
            return None
        raise NotTaken("recipient put off") from None
    except (smtplib.SMTPException, OSError) as error:
        raise NotTaken(type(error).__name__) from None
    return "mail"
