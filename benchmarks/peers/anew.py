"""Our application without what it keeps ready: every reply is made anew, as for whoever asks first."""

from unittest.mock import patch

from server import processes
from server.core import logs
from server.core.replies import Replies
from server.core.settings import read_settings


def main() -> None:
    settings = read_settings()
    logs.configure(settings)
    with patch.object(Replies, "find", lambda *_: None), patch.object(Replies, "keep", lambda *_: None):
        processes.serve_web(settings)


if __name__ == "__main__":
    main()
