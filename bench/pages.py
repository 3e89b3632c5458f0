"""An S3 server that makes up the pages of its listings: any number of objects, two a minute, and nothing is kept.

    python bench/pages.py PORT-FILE OBJECTS [ROOTS]

With ROOTS above 1 each of as many directories has its share, of the same minutes.
"""

import calendar
import http.server
import os
import sys
import time
import urllib.parse

START = calendar.timegm((2000, 1, 1, 0, 0, 0))
HEAD = '<?xml version="1.0" encoding="UTF-8"?><ListBucketResult><EncodingType>url</EncodingType><IsTruncated>%s</IsTruncated>'
OBJECT = (
    "<Contents><Key>%s</Key><LastModified>2026-05-04T10:11:42.123Z</LastModified>"
    "<ETag>&quot;9b2cf535f27731c974343645a3985328&quot;</ETag><Size>48213</Size><StorageClass>STANDARD</StorageClass></Contents>"
)
TOKEN = "<NextContinuationToken>%s</NextContinuationToken>"


class Keys:
    """The keys below one root, as they sort."""

    def __init__(self, root, objects):
        self.root, self.count = root, objects

    def __getitem__(self, index):
        at = time.strftime("dt=%Y-%m-%d/hour=%H/minute=%M", time.gmtime(START + index // 2 * 60))
        return f"{self.root}{at}/part-{index % 2}.json.gz"

    def first(self, condition):
        """The index of the first key for which the condition holds, as it does for all behind it."""
        low, high = 0, self.count
        while low < high:
            middle = (low + high) // 2
            if condition(self[middle]):
                high = middle
            else:
                low = middle + 1
        return low

    def page(self, prefix, after):
        start = self.first(lambda key: key > after and key >= prefix)
        end = min(start + 1000, self.count)
        keys = [key for key in map(self.__getitem__, range(start, end)) if key.startswith(prefix)]
        return keys, len(keys) == 1000 and start + 1000 < self.count


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        query = {name: values[0] for name, values in urllib.parse.parse_qs(self.path.partition("?")[2]).items()}
        prefix = query.get("prefix", "")
        if "delimiter" in query:
            names = [f"<CommonPrefixes><Prefix>{keys.root}</Prefix></CommonPrefixes>" for keys in ROOTS if len(ROOTS) > 1]
            body = HEAD % "false" + "".join(names) + "</ListBucketResult>"
        else:
            of = next((keys for keys in ROOTS if prefix.startswith(keys.root)), ROOTS[0])
            keys, more = of.page(prefix, query.get("continuation-token") or query.get("start-after", ""))
            body = HEAD % str(more).lower() + (TOKEN % keys[-1] if more else "")
            body += "".join(OBJECT % urllib.parse.quote(key) for key in keys) + "</ListBucketResult>"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_):
        """Says nothing."""


if __name__ == "__main__":
    count, roots = int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 1
    ROOTS = [Keys("ev/" if roots == 1 else f"ev/region={n:03}/", count // roots) for n in range(roots)]
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    with open(sys.argv[1] + ".new", "w", encoding="utf-8") as file:
        file.write(str(server.server_address[1]))
    os.rename(sys.argv[1] + ".new", sys.argv[1])
    server.serve_forever()
