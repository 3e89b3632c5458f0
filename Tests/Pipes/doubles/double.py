"""What the doubles of serving systems have in common: an HTTP server on this machine that can be told to fail.

    --port N                0: any that is free. The first line on stdout is the URL, the second that of the controls.
    --log FILE              one JSON object a request: n, method, path, query, status, fault, body
    --faults FILE           rules, instead of those of --fault, as soon as it is there
    --fault RULE            repeatable; `KIND[,count=N][,skip=N][,path=TEXT][,retry=SECONDS]`: the requests whose method, path and
                            query hold TEXT (all), without the first `skip`, `count` times (always)
    --most-bytes N          a larger body is answered with 413
    --auth KIND=SECRET      basic=USER:PASSWORD, api-key=KEY or bearer=TOKEN; @FILE is read at each request; 401 without it
    --tls DIR               TLS by an authority of its own: DIR/ca.pem; a client's pair is DIR/client.pem, DIR/client.key
    --client-certificate    no handshake without that pair

The kinds: a status (429, 503, ...), with a Retry-After where `retry` is given; `drop` closes before anything is done, `reset`
after all was done and before the answer, `cut` in the middle of the answer; `hang` does nothing until the client goes away,
or the rules are replaced; `kill-before` and `kill-after` end the process whose number is in the file --victim, before or
after all was done; `rotate` puts FILE.next in the place of each FILE of --rotate, before the request is looked at; a double
may know more. The rules of the file --faults, one a line, take the place of all others when that file is another one; for each
time that one strikes a byte is added to FILE.struck (lib.sh). The controls are at a plain address of their own: `GET
/documents/NAME` is what a searcher of that name sees, a document a line (ask.py).
"""
import argparse
import base64
import http.server
import json
import os
import select
import signal
import socket
import struct
import threading
import time
import urllib.parse


class Fault:
    def __init__(self, rule):
        self.rule = rule
        self.kind, *options = rule.split(",")
        options = dict(option.split("=", 1) for option in options)
        self.path = options.pop("path", "")
        self.retry = options.pop("retry", None)
        self.skip = int(options.pop("skip", 0))
        self.count = int(options.pop("count", 1 << 60))
        self.struck = 0
        if options:
            raise SystemExit(f"no such part of a fault: {options}")

    def strikes(self, line):
        if self.path not in line:
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.struck >= self.count:
            return False
        self.struck += 1
        return True


class Answer:
    def __init__(self, status, body, headers=None):
        self.status, self.headers = status, headers or {}
        self.headers.setdefault("Content-Type", "application/json;charset=utf-8" if not isinstance(body, bytes) else "text/html")
        self.body = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def serve(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.server.is_control:
            return self.control()
        self.server.double.request(self, body)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = serve

    def control(self):
        double = self.server.double
        with double.lock:
            lines = [json.dumps(document) for document in double.documents(self.path.split("/")[2])]
        self.answer(Answer(200, "".join(line + "\n" for line in lines).encode()))

    def answer(self, answer, cut=False):
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body[:len(answer.body) // 2] if cut else answer.body)
        if cut:
            self.wfile.flush()
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)

    def break_off(self):
        """A reset, not an orderly end."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.wfile = open(os.devnull, "wb")
        self.connection.close()

    def hang(self, fault):
        """A reader of the socket sees when the client has gone."""
        self.close_connection = True
        while fault in self.server.double.known_faults():
            if select.select([self.connection], [], [], 0.05)[0]:
                return


class Server(http.server.ThreadingHTTPServer):
    daemon_threads, request_queue_size = True, 128

    def __init__(self, port, double, is_control):
        super().__init__(("127.0.0.1", port), Handler)
        self.double, self.is_control = double, is_control

    def handle_error(self, *_):
        pass


class Double:
    """A subclass answers `serve(method, path, query, headers, body, fault)`, one request at a time, and gives `documents(name)`."""

    def __init__(self, arguments):
        self.options = arguments
        self.lock = threading.RLock()
        self.faults, self.rules = [Fault(rule) for rule in arguments.fault], None
        self.log = open(arguments.log, "a", buffering=1) if arguments.log else None
        self.number = 0

    @staticmethod
    def parser(text):
        parser = argparse.ArgumentParser(description=text, formatter_class=argparse.RawDescriptionHelpFormatter)
        parser.add_argument("--port", type=int, default=0)
        parser.add_argument("--log")
        parser.add_argument("--faults")
        parser.add_argument("--fault", action="append", default=[])
        parser.add_argument("--most-bytes", type=int, default=1 << 60)
        parser.add_argument("--auth")
        parser.add_argument("--tls")
        parser.add_argument("--client-certificate", action="store_true")
        parser.add_argument("--victim")
        parser.add_argument("--rotate", action="append", default=[])
        return parser

    def run(self):
        server, control = Server(self.options.port, self, False), Server(0, self, True)
        scheme = "http"
        if self.options.tls:
            scheme = "https"
            server.socket = context(self.options).wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
# In one piece: who has read the first line may not wait for the second.
        text = f"{scheme}://localhost:{server.server_address[1]}\nhttp://127.0.0.1:{control.server_address[1]}\n"
        os.write(1, text.encode())
        threading.Thread(target=control.serve_forever, daemon=True).start()
        server.serve_forever()

    def request(self, handler, body):
        path, _, query = handler.path.partition("?")
        line = f"{handler.command} {handler.path}"
        with self.lock:
            self.number += 1
            fault = next((fault for fault in self.known_faults() if fault.strikes(line)), None)
            if fault and self.options.faults:
                with open(self.options.faults + ".struck", "a") as file:
                    file.write(".")
            kind = fault.kind if fault else ""
            if kind == "kill-before":
                self.kill()
            if kind == "rotate":
                for file in self.options.rotate:
                    os.replace(file + ".next", file)
            if kind in ("drop", "hang", "kill-before"):
                answer = None
            elif kind.isdigit():
                answer = self.failure(int(kind), "the double was told to")
                if fault.retry is not None:
                    answer.headers["Retry-After"] = fault.retry
            elif not self.is_known(handler.headers):
                answer = self.failure(401, "not known", {"WWW-Authenticate": 'Basic realm="double"'})
            elif len(body) > self.options.most_bytes:
                answer = self.failure(413, "too large")
            else:
                answer = self.serve(handler.command, path, query, handler.headers, body, kind)
            if kind == "kill-after":
                self.kill()
            self.write_log(handler.command, path, query, answer.status if answer else 0, kind, body)
        if kind == "hang":
            handler.hang(fault)
        elif kind in ("drop", "reset", "kill-before", "kill-after"):
            handler.break_off()
        else:
            handler.answer(answer, cut=kind == "cut")

    def known_faults(self):
        """As the file has them, where it has changed."""
        if self.options.faults and os.path.exists(self.options.faults):
            status = os.stat(self.options.faults)
            rules = (status.st_ino, status.st_mtime_ns)
            if rules != self.rules:
                with open(self.options.faults) as file:
                    self.faults, self.rules = [Fault(line) for line in file.read().splitlines()], rules
        return self.faults

    def kill(self):
        with open(self.options.victim) as file:
            os.kill(int(file.read()), signal.SIGKILL)

    def write_log(self, method, path, query, status, kind, body):
        if self.log:
            entry = {"n": self.number, "method": method, "path": path, "query": query, "status": status, "fault": kind,
                     "body": body.decode(errors="backslashreplace")}
            self.log.write(json.dumps(entry) + "\n")

    def is_known(self, headers):
        if not self.options.auth:
            return True
        kind, secret = self.options.auth.split("=", 1)
        if secret.startswith("@"):
            with open(secret[1:]) as file:
                secret = file.read().strip()
        wanted = {"basic": "Basic " + base64.b64encode(secret.encode()).decode(), "api-key": "ApiKey " + secret,
                  "bearer": "Bearer " + secret}[kind]
        return headers.get("Authorization") == wanted


def parameters(query):
    return dict(urllib.parse.parse_qsl(query, keep_blank_values=True))


def context(options):
    import ssl
    make_certificates(options.tls)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{options.tls}/server.pem", f"{options.tls}/server.key")
    if options.client_certificate:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(f"{options.tls}/ca.pem")
    return context


def make_certificates(folder):
    if os.path.exists(f"{folder}/client.pem"):
        return
    os.makedirs(folder, exist_ok=True)

    import subprocess

    def openssl(*words):
        done = subprocess.run(["openssl", *words], cwd=folder, capture_output=True)
        if done.returncode != 0:
            raise SystemExit(f"openssl: {done.stderr.decode()}")

    # A certificate must not begin in the future of a clock that is a little behind.
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    openssl("req", "-x509", *key, "-days", "2", "-subj", "/CN=double's authority", "-keyout", "ca.key", "-out", "ca.pem")
    for name in ("server", "client"):
        openssl("req", *key, "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.csr")
        with open(f"{folder}/{name}.ext", "w") as file:
            file.write("subjectAltName=DNS:localhost,IP:127.0.0.1\n" if name == "server" else "extendedKeyUsage=clientAuth\n")
        openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-set_serial",
                str(time.time_ns()), "-days", "2", "-extfile", f"{name}.ext", "-out", f"{name}.pem")
