"""What the driver's own copy of the code does when it is run: ``PYTHON COPY WHAT WHERE``.

======================  ============================================================================
drive STATE_DIR         be the driver, if there is none
resume STATE_DIR        start a driver if something is under way: for cron, inittab and by hand
launch DIRECTORY        run one ``nim``, see ``saltext_vios.driver.launcher``
send                    hand events to a minion, see ``saltext_vios.driver.sender``
======================  ============================================================================
"""

import os
import sys


def main() -> None:
    if not (sys.flags.isolated and sys.flags.no_site):
        # By hand: nothing but the standard library all the same.
        os.execv(sys.executable, [sys.executable, "-I", "-S", *sys.argv])
    what, where = (*sys.argv[1:], "", "")[:2]
    # A launcher starts quickly, so that each imports no more than its own.
    if what == "launch":
        from saltext_vios.driver import launcher

        launcher.main(where)
    elif what == "send":
        from saltext_vios.driver import sender

        sender.main()
    elif what == "drive":
        from saltext_vios.driver import __main__

        __main__.main(where)
    elif what == "resume":
        from saltext_vios.driver import resume

        sys.exit(resume.main(where))
    else:
        sys.exit(f"usage: {sys.executable} {sys.argv[0]} resume STATE_DIR")
