"""The command line: parses, opens, prints and exits. Nothing below it does."""

from cxtext.cli.app import main

__all__ = ["main"]
