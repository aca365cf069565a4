#!/usr/bin/env python
"""Command line entry: ``python manage.py <command>``."""

import os
import sys


def main() -> None:
    if sys.argv[1:2] == ["up"]:
        # The supervisor must stay small and never load Django: its children do (docs/architecture.md).
        from secmgmt.supervisor import main as up

        sys.exit(up(sys.argv[2:]))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "secmgmt.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
