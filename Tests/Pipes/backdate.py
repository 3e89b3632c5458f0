"""A front of an S3 server that says that some objects are older than they are:  backdate.py UPSTREAM PORT-FILE WORD TIME

In listings, what has WORD in its key was last modified at TIME: a store may name the time at which an upload was begun.
Everything else passes as it is, and with it the Host header that was signed. Python's standard library only.
"""
import http.client
import http.server
import os
import re
import sys
import urllib.parse

UPSTREAM, PORT_FILE, WORD, TIME = sys.argv[1:]


class Front(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16
    disable_nagle_algorithm = True

    def do_GET(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        upstream = http.client.HTTPConnection(urllib.parse.urlsplit(UPSTREAM).netloc)
        upstream.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            upstream.putheader(name, value)
        upstream.endheaders(body)
        answer = upstream.getresponse()
        text = answer.read()
        if b"<ListBucketResult" in text:
            text = re.sub(
                rb"(<Contents>.*?</Contents>)",
                lambda entry: re.sub(rb"<LastModified>[^<]*", b"<LastModified>" + TIME.encode(), entry[0])
                if WORD.encode() in entry[0] else entry[0], text, flags=re.S)
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                self.send_header(name, value)
        if answer.status not in (204, 304):
            length = answer.getheader("Content-Length") if self.command == "HEAD" else len(text)
            self.send_header("Content-Length", str(length or 0))
        self.end_headers()
        self.wfile.write(text)

    do_PUT = do_POST = do_HEAD = do_DELETE = do_GET

    def log_message(self, *words):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Front)
with open(PORT_FILE + ".new", "w") as file:
    file.write(str(server.server_port))
os.replace(PORT_FILE + ".new", PORT_FILE)
server.serve_forever()
