"""A front of an S3 server that answers in a way of its own:  front.py UPSTREAM PORT-FILE LOG WAY [WORD TIME]

A request to copy:

    as-it-is    as the server does
    unknown     501, as one that knows no copies
    empty       takes it for an empty object: 200, a tag, no body; an empty object is there
    error       200 with an <Error>, each time; nothing was copied
    nothing     copies nothing, and says that it has, with no checksum
    lies        copies nothing, and gives a checksum that is another

A listing, with `backdated`: what has WORD in its key was last modified at TIME, as a store may name the time at which an upload
was begun.

Each request is a line of LOG: its method, `COPY` for a copy, and its path. All else passes as it is, with the Host header that
was signed. Python's standard library only.
"""
import http.client
import http.server
import os
import re
import sys
import urllib.parse

UPSTREAM, PORT_FILE, LOG, WAY, *MORE = sys.argv[1:]
START = "<?xml version='1.0'?>"
COPIED = START + "<CopyObjectResult><ETag>\"d41d8cd98f00b204e9800998ecf8427e\"</ETag>{}</CopyObjectResult>"
ANSWERS = {
    "unknown": (501, START + "<Error><Code>NotImplemented</Code></Error>"),
    "empty": (200, ""),
    "error": (200, START + "<Error><Code>InternalError</Code></Error>"),
    "nothing": (200, COPIED.format("")),
    "lies": (200, COPIED.format("<ChecksumSHA256>47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=</ChecksumSHA256>")),
}


def backdated(listing):
    word, time = (text.encode() for text in MORE)
    return re.sub(
        rb"(<Contents>.*?</Contents>)",
        lambda entry: re.sub(rb"<LastModified>[^<]*", b"<LastModified>" + time, entry[0])
        if word in entry[0] else entry[0], listing, flags=re.S)


class Front(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16
    disable_nagle_algorithm = True

    def do_GET(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        is_copy = "x-amz-copy-source" in self.headers
        with open(LOG, "a", encoding="utf-8") as log:
            log.write(f"{'COPY' if is_copy else self.command} {self.path}\n")
        if is_copy and WAY in ANSWERS:
            status, text = ANSWERS[WAY]
            headers = [("ETag", '"d41d8cd98f00b204e9800998ecf8427e"')] if WAY == "empty" else []
            return self.answer(status, headers, text.encode())
        upstream = http.client.HTTPConnection(urllib.parse.urlsplit(UPSTREAM).netloc)
        upstream.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            upstream.putheader(name, value)
        upstream.endheaders(body)
        answer = upstream.getresponse()
        text = answer.read()
        if WAY == "backdated" and b"<ListBucketResult" in text:
            text = backdated(text)
        length = answer.getheader("Content-Length") if self.command == "HEAD" else None
        return self.answer(answer.status, answer.getheaders(), text, length)

    def answer(self, status, headers, text, length=None):
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                self.send_header(name, value)
        if status not in (204, 304):
            self.send_header("Content-Length", str(length or len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_PUT = do_POST = do_HEAD = do_DELETE = do_GET

    def log_message(self, *words):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Front)
with open(PORT_FILE + ".new", "w", encoding="utf-8") as file:
    file.write(str(server.server_port))
os.replace(PORT_FILE + ".new", PORT_FILE)
server.serve_forever()
