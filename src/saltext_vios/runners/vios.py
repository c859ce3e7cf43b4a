"""
Look at and steer the migrations of many NIM masters from the Salt master

.. versionadded:: 0.1.0

Install the extension in the environment of the salt-master too. Every function asks the execution module ``vios`` of
the minions it is pointed at; minions that are no NIM masters are left out. The truth is in the journals of the NIM
masters: nothing is kept on the Salt master, so every question can be asked again.
"""

from salt.exceptions import CommandExecutionError

from saltext_vios.fleet import minions

__virtualname__ = "vios"


def __virtual__():
    return __virtualname__


def hold(tgt="*", reason="", tgt_type="glob"):
    """
    Start nothing more on any NIM master of the target, until ``vios.release``. What installs goes on.

    CLI Example:

    .. code-block:: bash

        salt-run vios.hold 'nim-*' 'storage team works tonight'

    tgt
        The minions of the NIM masters. Defaults to all.

    reason
        Shown to whoever is held back.

    tgt_type
        How ``tgt`` is read, as in ``salt``. Defaults to ``glob``.

    Returns ``masters``: by minion whether it is ``held``. A NIM master that fails or is silent makes the run fail:
    it may still start something.
    """
    return _everywhere(minions.ask(__opts__, tgt, "vios.hold", tgt_type, reason=reason), "held")


def release(tgt="*", tgt_type="glob"):
    """
    End the hold on every NIM master of the target.

    CLI Example:

    .. code-block:: bash

        salt-run vios.release 'nim-*'

    tgt
        The minions of the NIM masters. Defaults to all.

    tgt_type
        How ``tgt`` is read, as in ``salt``. Defaults to ``glob``.

    Returns ``masters``: by minion whether there was a hold to end.
    """
    return _everywhere(minions.ask(__opts__, tgt, "vios.release", tgt_type), "changed")


def _everywhere(answers, word):
    """The answers of all, or an error that names who did not do it."""
    missing = [f"{minion}: {text}" for minion, text in answers.failed.items()]
    missing += [f"{minion}: no answer" for minion in answers.silent]
    done = {minion: value[word] for minion, value in answers.returns.items()}
    if missing:
        raise CommandExecutionError(f"done on {', '.join(done) or 'none'}; not done on " + "; ".join(missing))
    if not done:
        raise CommandExecutionError("the target matches no NIM master; see: salt '*' vios.driver")
    return {"masters": done}
