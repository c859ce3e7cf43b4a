"""``ask.py PLACE SLOW WORDS``: what a command of the simulator runs in the tests, see ``tests.answerer``.

Imports next to nothing, as that is what takes the time. Without an answerer it is the command itself.
"""

import _socket
import os
import sys

place, slow, *words = sys.argv[1:]
asked = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
try:
    asked.connect(place)
except OSError:
    os.execv(slow, [slow, *words[2:]])
text = "\0".join(words).encode("utf-8", "surrogateescape")
streams = b"".join(number.to_bytes(4, sys.byteorder) for number in (0, 1, 2))
asked.sendmsg([len(text).to_bytes(4, "big"), text], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, streams)])
os._exit((asked.recv(1) or b"\1")[0])
