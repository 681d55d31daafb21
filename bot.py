"""The entry point: `python bot.py --help` lists the commands."""

import sys

from kpibot.cli import main

if __name__ == "__main__":
    sys.exit(main())
