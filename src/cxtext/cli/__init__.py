"""The command line: parses, opens, prints and exits. Nothing below it does."""
