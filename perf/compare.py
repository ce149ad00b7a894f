#!/usr/bin/env python3
"""streametl against DuckDB on the same files: A B A B ..., medians, whole process (wall, CPU and peak memory as the kernel counts them).

  perf/peers/setup.sh DIR                         makes the data and installs DuckDB (needs npm, cc, dotnet)
  dotnet publish src/StreamEtl.Cli -c Release -o out
  perf/compare.py --data DIR [--shape orders|numbers|texts|sparse] [--size s|full] [--runs 5] [--jobs convert,dedupe,...] [--memory 512MB] [--save]

ratio = DuckDB's wall time / streametl's: above 1, streametl is ahead. Both use 2 threads. Row counts of both outputs must agree.
--save writes results/CPU/side-by-side-[SHAPE-]SIZE.json and .md; readme_table.py makes the README's table of the JSON."""
import os, subprocess, sys
import measure

parser = measure.arguments(__doc__, runs=5)
parser.add_argument("--shape", choices=measure.SHAPES, default="orders")
parser.add_argument("--size", choices=["s", "full"], default="s")
parser.add_argument("--jobs", help="all when absent")
args = parser.parse_args()

suffix = "" if args.size == "full" else "_s"
data = os.path.abspath(args.data)
old, new = f"{data}/{args.shape}_old{suffix}.csv", f"{data}/{args.shape}_new{suffix}.csv"
out = f"{data}/out"
os.makedirs(out, exist_ok=True)
log = f"{out}/log"
old_parquet = f"{out}/old{suffix}.parquet"
tiny = f"{data}/orders_100.csv"
ours, theirs = f"{out}/streametl.parquet", f"{out}/duckdb.parquet"
env = dict(os.environ, BENCH_DIR=data, THREADS="2")


def streametl(*words):
    return [*measure.streametl(args.streametl, args.memory, *words), "-o", ours]


def duckdb(job, *inputs, output=theirs):
    return [f"{measure.HERE}/peers/duckdb.sh", job, *inputs, output]


def rows(path):
    query = f"SELECT count(*) FROM read_parquet('{path}')"
    return int(subprocess.run([f"{data}/duckrun", query], capture_output=True, text=True, check=True).stdout.split("=")[1])


# name: (streametl's command, DuckDB's command, input files). DuckDB is told the types of orders where it would otherwise look for them, which is to its
# advantage; in the other shapes both find them.
JOBS = {
    "convert": (streametl("convert", old), duckdb("auto", old), [old]),
    "dedupe": (streametl("dedupe", new), duckdb("distinct_auto", new), [new]),
    "diff": (streametl("diff", old, new, "--key", "id"), duckdb("diff_auto", old, new), [old, new]),
}
if args.shape == "orders":
    JOBS = {
        "convert": JOBS["convert"],
        "text": (streametl("convert", old, "--types", "text"), duckdb("varchar", old), [old]),
        "dedupe": (streametl("dedupe", new), duckdb("distinct", new), [new]),
        "key": (streametl("dedupe", new, "--key", "id", "--keep", "updated_at:desc"), duckdb("key_argmax", new), [new]),
        "diff": (streametl("diff", old, new, "--key", "id"), duckdb("diff_hash", old, new), [old, new]),
        "diffpq": (streametl("diff", old_parquet, new, "--key", "id"), duckdb("diff_hash", old_parquet, new), [old_parquet, new]),
        "start": (streametl("convert", tiny), duckdb("auto", tiny), [tiny]),
    }

result = {
    "cpu": measure.cpu(),
    "cores": os.cpu_count(),
    "peer": "DuckDB 1.5.6",
    "shape": args.shape,
    "size": args.size,
    "runs": args.runs,
    "memory": args.memory,
    "jobs": [],
}
lines = [
    f"CPU: {result['cpu']}, {result['cores']} cores. {result['peer']}. Shape: {args.shape}. Medians of {args.runs} runs, alternating."
    + (f" streametl with --memory {args.memory}." if args.memory else ""),
    "",
    "| job | ratio | streametl s | DuckDB s | streametl CPU s | DuckDB CPU s | streametl peak MB | DuckDB peak MB | streametl out MB | DuckDB out MB |",
    "|---|---|---|---|---|---|---|---|---|---|",
]
print("\n".join(lines), flush=True)
wrong = False
for job in args.jobs.split(",") if args.jobs else JOBS:
    mine, peer, inputs = JOBS[job]
    if job == "diffpq" and not os.path.exists(old_parquet):
        measure.run(duckdb("typed", old, output=old_parquet), old_parquet, log, env)
    measure.warm(inputs)
    a, b = [], []
    for _ in range(args.runs):
        a.append(measure.run(mine, ours, log, env))
        b.append(measure.run(peer, theirs, log, env))
    us, them = measure.medians(a, ours), measure.medians(b, theirs)
    ratio = round(them["seconds"] / us["seconds"], 2)
    counts = rows(ours), rows(theirs)
    result["jobs"].append(
        {
            "job": job,
            "input_mb": round(sum(os.path.getsize(path) for path in inputs) / 1e6, 3),
            "rows_out": counts[0],
            "ratio": ratio,
            "streametl": us,
            "peer": them,
        }
    )
    line = (
        f"| {job} | {ratio:.2f} | {us['seconds']:.2f} | {them['seconds']:.2f} | {us['cpu_seconds']:.2f} | {them['cpu_seconds']:.2f} "
        f"| {us['peak_mb']} | {them['peak_mb']} | {us['output_mb']} | {them['output_mb']} |"
    )
    lines.append(line)
    print(line, flush=True)
    if counts[0] != counts[1]:
        print(f"  rows differ: streametl {counts[0]}, duckdb {counts[1]}")
        wrong = True

if args.save and not wrong:
    name = "-".join(part for part in ["side-by-side", "" if args.shape == "orders" else args.shape, args.size, args.memory] if part)
    measure.save(name, result, "\n".join(lines))
sys.exit(wrong)
