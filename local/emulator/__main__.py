"""Entry point: `python local/emulator --host 127.0.0.1 --port 0` (see README.md for the options)."""

import os
import sys

# Run as a folder, Python puts this folder itself on the path, where names such as `tags` or `sts`
# could hide those of other packages. The parent instead makes it one package, `emulator`.
sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# Both are read when moto is imported. A fixed account would make every caller the same one.
os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"
os.environ.pop("MOTO_ACCOUNT_ID", None)

from emulator.server import main  # noqa: E402  (the path and environment must be set first)

sys.exit(main(sys.argv[1:]))
