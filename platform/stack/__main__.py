"""`python -m stack up|status|down`."""

import sys

from stack.cli import main

sys.exit(main())
