"""One signed PUT (Signature Version 4), written apart from the code under test:

    put.py FILE s3://BUCKET/KEY [METHOD QUERY]

The key is percent-encoded as in the lines; the query is sent as it is, its names in order. Prints the body of the answer,
or its ETag where there is none. Python's standard library only.
"""
import datetime
import hashlib
import hmac
import os
import sys
import urllib.parse
import urllib.request


def signed(method, uri, body=b"", query=""):
    """The target of a request, without its query, and its headers."""
    env = os.environ
    endpoint = urllib.parse.urlsplit(env["AWS_ENDPOINT_URL_S3"])
    target = "/" + urllib.parse.quote(urllib.parse.unquote_to_bytes(uri[len("s3://"):]), safe="/~")
    stamp = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    scope = f"{stamp[:8]}/{env['AWS_REGION']}/s3/aws4_request"
    headers = {"host": endpoint.netloc, "x-amz-content-sha256": hashlib.sha256(body).hexdigest(), "x-amz-date": stamp}
    names = ";".join(sorted(headers))
    canonical = "\n".join(
        [method, target, query] + [f"{name}:{headers[name]}" for name in sorted(headers)]
        + ["", names, headers["x-amz-content-sha256"]])
    text = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = ("AWS4" + env["AWS_SECRET_ACCESS_KEY"]).encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    headers["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={env['AWS_ACCESS_KEY_ID']}/{scope}, SignedHeaders={names}, "
        f"Signature={hmac.new(key, text.encode(), hashlib.sha256).hexdigest()}")
    headers["content-type"] = "application/octet-stream"
    return target, headers


def main(path, uri, method="PUT", query=""):
    with open(path, "rb") as file:
        body = file.read()
    endpoint = urllib.parse.urlsplit(os.environ["AWS_ENDPOINT_URL_S3"])
    target, headers = signed(method, uri, body, query)
    url = f"{endpoint.scheme}://{endpoint.netloc}{target}" + (f"?{query}" if query else "")
    with urllib.request.urlopen(urllib.request.Request(url, body, headers, method=method), timeout=30) as answer:
        sys.stdout.write(answer.read().decode() or answer.headers.get("ETag", "") + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
