"""What this process is called where several share the work, and how it ends."""

import logging
import os
import secrets
import socket
import threading
import time

log = logging.getLogger(__name__)

GRACE = 0.5  # seconds in which idle threads end
OF_ASYNCIO = "asyncio_"  # it looks up names of hosts in these, and ends them itself


def process_name() -> str:
    """A name that no other process has."""
    return f"{socket.gethostname()[:63]}:{os.getpid()}:{secrets.token_hex(4)}"


def leave_if_stuck() -> None:
    """Ends the process at once where a thread hangs in a database: Python would wait for it, perhaps for ever."""
    until = time.monotonic() + GRACE
    others = [each for each in threading.enumerate() if each is not threading.current_thread() and not each.daemon]
    for each in others:
        each.join(max(0.0, until - time.monotonic()))
    stuck = [each.name for each in others if each.is_alive() and not each.name.startswith(OF_ASYNCIO)]
    if stuck:
        log.warning("a database does not answer (%s): it is no longer waited for", ", ".join(sorted(stuck)))
        logging.shutdown()
        os._exit(0)
