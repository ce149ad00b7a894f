#!/usr/bin/env python3
"""streametl against DuckDB on the same files: A B A B ..., medians, whole process (wall, CPU and peak memory as the kernel counts them).

  perf/peers/setup.sh DIR                         makes the data and installs DuckDB (needs npm, cc)
  dotnet publish src/StreamEtl.Cli -c Release -o out
  perf/compare.py --data DIR [--size s|full] [--runs 5] [--jobs convert,text,...] [--memory 512MB] [--save]

ratio = DuckDB's wall time / streametl's: above 1, streametl is ahead. Both use 2 threads. Row counts of both outputs must agree.
--save writes the table to perf/results/<cpu>/side-by-side-<size>.md, from which the README's table is taken."""
import argparse, os, re, statistics, subprocess, sys, time

HERE = os.path.dirname(os.path.abspath(__file__))
parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--data", required=True, help="folder made by peers/setup.sh")
parser.add_argument("--streametl", default=os.path.join(HERE, "..", "out", "streametl"))
parser.add_argument("--size", choices=["s", "full"], default="s")
parser.add_argument("--runs", type=int, default=5)
parser.add_argument("--jobs", default="convert,text,dedupe,key,diff,diffpq,start")
parser.add_argument("--memory", help="--memory for streametl")
parser.add_argument("--save", action="store_true")
args = parser.parse_args()

suffix = "" if args.size == "full" else "_s"
data = os.path.abspath(args.data)
old, new = f"{data}/orders_old{suffix}.csv", f"{data}/orders_new{suffix}.csv"
out = f"{data}/out"
os.makedirs(out, exist_ok=True)
old_parquet = f"{out}/old{suffix}.parquet"
ours, theirs = f"{out}/streametl.parquet", f"{out}/duckdb.parquet"


def streametl(*words):
    tail = ["-o", ours, "-q", "--threads", "2"] + (["--memory", args.memory] if args.memory else [])
    return [os.path.abspath(args.streametl), *words, *tail]


def duckdb(job, *inputs, output=theirs):
    return [f"{HERE}/peers/duckdb.sh", job, *inputs, output]


tiny = f"{data}/orders_100.csv"
JOBS = {  # name: (streametl's command, DuckDB's command, input files)
    "convert": (streametl("convert", old), duckdb("auto", old), [old]),
    "text": (streametl("convert", old, "--types", "text"), duckdb("varchar", old), [old]),
    "dedupe": (streametl("dedupe", new), duckdb("distinct", new), [new]),
    "key": (streametl("dedupe", new, "--key", "id", "--keep", "updated_at:desc"), duckdb("key_argmax", new), [new]),
    "diff": (streametl("diff", old, new, "--key", "id"), duckdb("diff_hash", old, new), [old, new]),
    "diffpq": (streametl("diff", old_parquet, new, "--key", "id"), duckdb("diff_hash", old_parquet, new), [old_parquet, new]),
    "start": (streametl("convert", tiny), duckdb("auto", tiny), [tiny]),
}
ENV = dict(os.environ, BENCH_DIR=data, THREADS="2")


def run(command, output):
    if os.path.exists(output):
        os.remove(output)
    with open(f"{out}/log", "ab") as log:
        begin = time.monotonic()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=ENV)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - begin
    if os.waitstatus_to_exitcode(status):
        sys.exit(f"failed: {' '.join(command)}; see {out}/log")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def rows(path):
    query = f"SELECT count(*) FROM read_parquet('{path}')"
    return subprocess.run([f"{data}/duckrun", query], capture_output=True, text=True, check=True).stdout.split("=")[1].strip()


cpu = re.search(r"model name\s*: (.*)", open("/proc/cpuinfo").read()).group(1).strip()
lines = [
    f"CPU: {cpu}, {os.cpu_count()} cores. DuckDB 1.5.6. Medians of {args.runs} runs, alternating."
    + (f" streametl with --memory {args.memory}." if args.memory else ""),
    "",
    "| job | ratio | streametl s | DuckDB s | streametl CPU s | DuckDB CPU s | streametl peak MB | DuckDB peak MB | streametl out MB | DuckDB out MB |",
    "|---|---|---|---|---|---|---|---|---|---|",
]
print("\n".join(lines), flush=True)
wrong = False
for job in args.jobs.split(","):
    mine, peer, inputs = JOBS[job]
    if job == "diffpq" and not os.path.exists(old_parquet):
        run(duckdb("typed", old, output=old_parquet), old_parquet)
    for path in inputs:  # both find their input in the page cache
        subprocess.run(["cat", path], stdout=subprocess.DEVNULL, check=True)
    a, b = [], []
    for _ in range(args.runs):
        a.append(run(mine, ours))
        b.append(run(peer, theirs))
    median = lambda runs, i: statistics.median(r[i] for r in runs)
    size = lambda path: os.path.getsize(path) / 1e6
    line = (
        f"| {job} | {median(b, 0) / median(a, 0):.2f} | {median(a, 0):.2f} | {median(b, 0):.2f} | {median(a, 1):.2f} | {median(b, 1):.2f} "
        f"| {median(a, 2):.0f} | {median(b, 2):.0f} | {size(ours):.1f} | {size(theirs):.1f} |"
    )
    lines.append(line)
    print(line, flush=True)
    if rows(ours) != rows(theirs):
        print(f"  rows differ: streametl {rows(ours)}, duckdb {rows(theirs)}")
        wrong = True

if args.save and not wrong:
    folder = f"{HERE}/results/{re.sub(r'[^A-Za-z0-9.]+', '-', cpu).strip('-')}"
    os.makedirs(folder, exist_ok=True)
    name = f"side-by-side-{args.size}" + (f"-{args.memory}" if args.memory else "") + ".md"
    with open(f"{folder}/{name}", "w") as file:
        file.write("\n".join(lines) + "\n")
sys.exit(wrong)
