"""The door: `python bot.py help` says what can be done."""

import sys

from kpibot.cli import main

if __name__ == "__main__":
    sys.exit(main())
