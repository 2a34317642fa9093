"""``python -m regiowacht``."""

import sys

from regiowacht.main import main

sys.exit(main())
