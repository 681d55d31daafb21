"""The whole bot is killed, again and again, at every step from the measurement to the mark; nothing is lost or doubled.

*Slack* is the workspace, in the process of the test: it lives on, keeps its record, and is in trouble itself (429,
5xx, connections that drop before or after it took a message, answers and messages that come late). *The bot* is the
real one, over HTTP and Socket Mode, on a real SQLite or PostgreSQL. It lives in a process of its own (`life`), forked
from one that has loaded everything, so that a life costs half a second. *Death* is SIGKILL: by its own hand at a moment
of a transaction or before and after a call, by Slack's once a message is taken and not yet answered (`slack`), or at
any time (`season`). The moments are those of `steps`; which is next is drawn by seed from those that can be reached.

*What should have been posted* is known twice. A twin lives through the same hours, undisturbed, and measures at the
very instants at which the killed ones did: every channel of both must read the same, message for message and to the
letter, but for pictures, which may go missing (`reading`). And the outbox of the killed ones must be worked off, its
messages in the channels in the order in which they were owed, each where its row says that it is.

*Time* is the machine's with an offset: after a death it jumps past the leases of the dead, from round to round by an
hour. What left before a death arrives before that jump: of a message that Slack takes only after the next attempt has
looked for it, nobody can know.

*Replicas* (`replicas`) share one PostgreSQL, on a clock that runs faster than the machine's, and one is killed every
few seconds while messages, edits and replies are owed to many channels.

`make chaos` kills a thousand times (KILLS=1000 SEED=1), has replicas deliver ten thousand messages, and prints what it
did; `make test` does a small share of that.
"""
