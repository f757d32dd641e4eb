"""`python -m nets` does what the command `handgrad` does."""

import sys

from nets.cli.main import main

sys.exit(main())
