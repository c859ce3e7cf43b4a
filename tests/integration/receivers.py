"""Who is told: a chat's webhook and a mail server on loopback, and the reactor of the examples that tells them."""

import json
import socketserver
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import yaml


def reactor(directory, chat):
    """The Salt master's part of the examples, with places of this machine."""
    conf = yaml.safe_load((directory / "master.conf").read_text())
    conf["vios_notify"] = {"chat_url": chat.url, "mail_to": "unix@example.com", "mail_minion": "nim-master"}
    conf["reactor"] = [
        {tag: [path.replace("/srv/reactor", str(directory)) for path in paths]}
        for one in conf["reactor"]
        for tag, paths in one.items()
    ]
    return conf


class _Receiver:
    """A server in a thread; ``got`` is what it was told."""

    def __enter__(self):
        self.got = []
        self.server = self.serve()
        self.server.daemon_threads = True
        self.address = f"127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


class Chat(_Receiver):
    @property
    def url(self):
        return f"http://{self.address}/hooks/vios"

    def serve(self):
        got = self.got

        class Hook(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                got.append(json.loads(body)["text"])
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        return HTTPServer(("127.0.0.1", 0), Hook)


class Mail(_Receiver):
    def serve(self):
        got = self.got

        class Session(socketserver.StreamRequestHandler):
            """As much of SMTP as one message takes."""

            def handle(self):
                self.say("220 ready")
                for line in self.rfile:
                    word = line[:4].upper().strip()
                    if word == b"DATA":
                        self.say("354 go on")
                        lines = iter(self.rfile.readline, b".\r\n")
                        got.append(b"".join(lines).decode())
                    self.say("221 bye" if word == b"QUIT" else "250 ok")

            def say(self, text):
                self.wfile.write(f"{text}\r\n".encode())

        return socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session)
