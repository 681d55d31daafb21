"""The name of this process, and how it ends."""

import logging
import os
import secrets
import socket
import threading
import time

log = logging.getLogger(__name__)

GRACE = 0.5  # seconds for idle threads to end
ASYNCIO_THREADS = "asyncio_"  # asyncio resolves host names in these, and ends them itself


def process_name() -> str:
    """A unique name for this process."""
    return f"{socket.gethostname()[:63]}:{os.getpid()}:{secrets.token_hex(4)}"


def leave_if_stuck() -> None:
    """Ends the process at once if a thread hangs in a database: Python would wait for it, perhaps forever."""
    until = time.monotonic() + GRACE
    threads = [each for each in threading.enumerate() if each is not threading.current_thread() and not each.daemon]
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    stuck = [each.name for each in threads if each.is_alive() and not each.name.startswith(ASYNCIO_THREADS)]
    if stuck:
        log.warning("a database does not answer (%s): it is no longer waited for", ", ".join(sorted(stuck)))
        logging.shutdown()
        os._exit(0)
