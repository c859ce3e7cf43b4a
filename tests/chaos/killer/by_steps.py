"""What the copy of the code begins with in the chaos tests."""

import sys

if sys.argv[1] == "drive":
    import driver_by_steps  # noqa: F401
elif sys.argv[1] == "launch":
    import launcher_by_steps  # noqa: F401
