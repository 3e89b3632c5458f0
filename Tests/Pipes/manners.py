"""An S3 server in memory whose manners are the bucket's name, as far as conditional writes go:  manners.py PORT-FILE LOG

    aws, minio, ceph     honest, each in its own words
    no-conditions        501
    busy                 gives nothing
    undecided            never says whether CURRENT was replaced
    any other            a lie that a real server had told once, or that would go unseen

Its listings are empty. LOG gets the key of each PUT. Python's standard library only; no signature is looked at.
"""
import hashlib
import http.server
import os
import sys
import threading
import time

objects, lock, log = {}, threading.Lock(), open(sys.argv[2], "a", buffering=1)
REFUSED = {404: "NoSuchKey", 412: "PreconditionFailed", 500: "UnknownError", 501: "NotImplemented", 503: "SlowDown"}


def put(manner, key, body, if_match, if_none_match):
    """The status of a PUT, which is carried out or not."""
    there = objects.get(key)
    tag = there and hashlib.md5(there).hexdigest()
    if manner == "no-conditions" and (if_match or if_none_match):
        return 501
    if manner == "undecided" and key.endswith("/CURRENT"):
        return 500
    if manner == "not-modified" and there is not None and if_none_match:
        return 304
    if if_none_match and there is not None and manner != "creates-twice":
        if manner == "overwrites-while-refusing":
            objects[key] = body
        return 500 if manner == "ceph" and key.endswith("c") and body in b"135" else 412
    if if_match and there is None and manner != "creates-by-tag":
        if manner == "creates-while-refusing":
            objects[key] = body
        return 404 if manner == "aws" else 412
    wanted = if_match if manner == "ceph" else (if_match or "").strip('"')
    if manner == "refuses-the-right-tag" and if_match:
        return 412
    if if_match and there is not None and wanted != tag and manner != "ignores-tags":
        if manner == "replaces-while-refusing":
            objects[key] = body
        return 412
    if manner == "many-winners":                                # looks, and then writes
        lock.release()
        time.sleep(0.1)
        lock.acquire()
    objects[key] = body
    return 200


class Store(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16
    disable_nagle_algorithm = True

    def answer(self, status, body=b"", length=None):
        if status in REFUSED:
            body = f"<Error><Code>{REFUSED[status]}</Code><Message></Message></Error>".encode()
        self.send_response_only(status)
        if status == 200:
            self.send_header("ETag", '"%s"' % hashlib.md5(self.content).hexdigest())
            self.send_header("Last-Modified", "Mon, 04 May 2026 10:11:42 GMT")
        if status not in (204, 304):
            self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_GET(self):
        if self.path.startswith("/busy/"):
            return self.answer(503)
        if "list-type=" in self.path:
            self.content = b"<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>"
            return self.answer(200, self.content)
        with lock:
            self.content = objects.get(self.path)
        if self.content is None:
            return self.answer(404)
        self.answer(200, self.content, len(self.content))

    do_HEAD = do_GET

    def do_PUT(self):
        self.content = self.rfile.read(int(self.headers["Content-Length"]))
        log.write(self.path + "\n")
        with lock:
            status = put(self.path.split("/")[1], self.path, self.content, self.headers["If-Match"],
                         self.headers["If-None-Match"])
        self.answer(status)

    def do_DELETE(self):
        with lock:
            objects.pop(self.path, None)
        self.answer(204)

    def log_message(self, *words):
        pass


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 64


server = Server(("127.0.0.1", 0), Store)
with open(sys.argv[1] + ".new", "w") as file:
    file.write(str(server.server_port))
os.replace(sys.argv[1] + ".new", sys.argv[1])
server.serve_forever()
