"""Resetting a TCP connection."""

from __future__ import annotations

import asyncio
import socket
import struct

_LINGER = struct.pack("ii", 1, 0)


def reset(transport: asyncio.BaseTransport) -> None:
    """Close a connection with a reset (RST), as when a firewall has dropped it."""
    inner = transport.get_extra_info("socket")
    if inner is not None:
        inner.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER)
    if isinstance(transport, asyncio.WriteTransport):
        transport.abort()
