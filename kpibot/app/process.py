"""What this process is called where several share the work."""

import os
import secrets
import socket


def process_name() -> str:
    """A name that no other process has."""
    return f"{socket.gethostname()[:63]}:{os.getpid()}:{secrets.token_hex(4)}"
