#!/usr/bin/env python3
"""convert from bucket to bucket, against the same on files and against what the gateway itself can stream: files and buckets in turn, then streams, medians.

  perf/s3.py --data DIR [--runs 15] [--port 7480] [--memory 256MB] [--save]

The gateway (tests/servers/radosgw.sh) runs on core 0, everything that is measured on core 1, on one thread, as on two machines. "stream" is curl: it reads the input in ranges and at the same time writes
as many bytes as the output has, two connections each way; last, for the gateway clears away what it wrote before while the next one goes on. Wanted: at least 80 % of the speed of files or of streaming, whichever is less. Fails below."""
import datetime, hashlib, hmac, os, statistics, subprocess, sys, tempfile, urllib.parse
import measure

LEAST = 0.8

# Rounds that do not count. The store keeps objects in memory and has all of it that it will ever need only after some time: until then a machine whose host hands out memory
# slowly is measured, and what a round takes falls by a third.
WARM_UP = 8

KEY, SECRET, REGION = "testkey", "testsecret", "us-east-1"

parser = measure.arguments(__doc__, runs=15)
parser.add_argument("--port", type=int, default=7480)
args = parser.parse_args()

data = os.path.abspath(args.data)
server = f"http://127.0.0.1:{args.port}"
script = os.path.join(measure.HERE, "..", "tests", "servers", "radosgw.sh")
source = f"{data}/orders_old.csv"


def presigned(method, path):
    """An address that allows one request, signed as AWS's documentation says ("Authenticating Requests: Using Query Parameters")."""
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    scope = f"{now[:8]}/{REGION}/s3/aws4_request"
    query = urllib.parse.urlencode(
        {
            "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
            "X-Amz-Credential": f"{KEY}/{scope}",
            "X-Amz-Date": now,
            "X-Amz-Expires": "3600",
            "X-Amz-SignedHeaders": "host",
        }
    )
    request = "\n".join([method, path, query, f"host:127.0.0.1:{args.port}", "", "host", "UNSIGNED-PAYLOAD"])
    text = "\n".join(["AWS4-HMAC-SHA256", now, scope, hashlib.sha256(request.encode()).hexdigest()])
    key = ("AWS4" + SECRET).encode()
    for part in [*scope.split("/"), text]:
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return f"{server}{path}?{query}&X-Amz-Signature={key.hex()}"


def curl(*words):
    subprocess.run(["curl", "-sSf", *words], check=True, stdout=subprocess.DEVNULL)


def streaming(size, written):
    """Reads of two halves and writes of two objects, at once."""
    half = size // 2
    transfers = [["-o", "/dev/null", "-r", r, presigned("GET", "/perf/orders.csv")] for r in (f"0-{half - 1}", f"{half}-{size - 1}")]
    transfers += [["-T", written, presigned("PUT", f"/perf/stream{i}")] for i in range(2)]
    words = ["curl", "-sSf", "-Z"]
    for number, transfer in enumerate(transfers):
        words += (["--next"] if number else []) + transfer
    return words


os.sched_setaffinity(0, {0})
with tempfile.TemporaryDirectory() as folder:
    subprocess.run(["bash", script, "start", folder, str(args.port), str(os.getpid())], check=True)
    os.sched_setaffinity(0, {1})
    try:
        curl("-X", "PUT", presigned("PUT", "/perf"))
        curl("-T", source, presigned("PUT", "/perf/orders.csv"))
        measure.warm([source])
        environment = os.environ | {
            "AWS_ENDPOINT_URL_S3": server,
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_REGION": REGION,
            "AWS_REQUEST_CHECKSUM_CALCULATION": "when_required",
        }
        local = f"{folder}/orders.parquet"

        def convert(source, output):
            return [*measure.streametl(args.streametl, args.memory, "convert", source, threads=1), "-o", output]

        commands = {"files": convert(source, local), "buckets": convert("s3://perf/orders.csv", "s3://perf/orders.parquet")}
        runs = {"files": [], "stream": [], "buckets": []}
        for number in range(WARM_UP + args.runs):
            if number == WARM_UP:
                runs = {name: [] for name in runs}
            runs["files"].append(measure.run(commands["files"], local, f"{folder}/log"))
            runs["buckets"].append(measure.run(commands["buckets"], f"{folder}/none", f"{folder}/log", environment))
        half = f"{folder}/half"
        # By another process: the peak of one that is started counts what this one holds.
        with open(half, "wb") as file:
            subprocess.run(["head", "-c", str(os.path.getsize(local) // 2), local], check=True, stdout=file)
        for _ in range(args.runs):
            runs["stream"].append(measure.run(streaming(os.path.getsize(source), half), f"{folder}/none", f"{folder}/log"))
    finally:
        subprocess.run(["bash", script, "stop", folder], check=False)

median = {name: [statistics.median(r[i] for r in all_runs) for i in range(3)] for name, all_runs in runs.items()}
ratio = max(median["files"][0], median["stream"][0]) / median["buckets"][0]
lines = [
    f"CPU: {measure.cpu()}. convert of {os.path.getsize(source) / 1e9:.1f} GB on one core, the gateway on another. Medians of {args.runs} runs{', --memory ' + args.memory if args.memory else ''}.",
    "",
    "| | s | CPU s | peak MB |",
    "|---|---|---|---|",
    *(f"| {name} | {m[0]:.2f} | {m[1]:.2f} | {'' if name == 'stream' else round(m[2])} |" for name, m in median.items()),
    "",
    f"From bucket to bucket at {ratio:.0%} of the speed of files or of streaming, whichever is less; {LEAST:.0%} is wanted.",
]
print("\n".join(lines))
if args.save:
    result = {name: {"seconds": round(m[0], 3), "cpu_seconds": round(m[1], 3), "peak_mb": round(m[2])} for name, m in median.items()}
    measure.save("s3", {"cpu": measure.cpu(), "runs": args.runs, "memory": args.memory, "ratio": round(ratio, 3), "jobs": result}, "\n".join(lines))
sys.exit(ratio < LEAST)
