#!/usr/bin/env python3
"""A table's daily cdc, against DuckDB's diff of yesterday's Parquet and today's CSV, whose answer is the same: both in turn, medians.

  perf/cdc.py --data DIR [--size full|s] [--runs 7] [--memory 512MB] [--save]

The table is loaded once; every run starts from a copy of it. What a run reports is held against what the generator says that it changed. Wanted: a quarter of DuckDB's time, 512 MB at most. --save
writes results/CPU/cdc-SIZE.json and .md, and then it fails where either is missed."""
import glob, json, os, shutil, subprocess, sys
import measure

LEAST = 4
MOST_MB = 512

parser = measure.arguments(__doc__, runs=7)
parser.add_argument("--size", choices=["full", "s"], default="full")
args = parser.parse_args()

data = os.path.abspath(args.data)
out = f"{data}/out"
os.makedirs(out, exist_ok=True)
suffix = "" if args.size == "full" else "_s"
old, new, yesterday = f"{data}/orders_old{suffix}.csv", f"{data}/orders_new{suffix}.csv", f"{out}/old{suffix}.parquet"
loaded, table, report, log = f"{out}/table{suffix}", f"{out}/today", f"{out}/report.json", f"{out}/log"
duckdb = os.path.join(measure.HERE, "peers", "duckdb.sh")
env = {**os.environ, "BENCH_DIR": data, "THREADS": "2"}
with open(f"{data}/truth{suffix}.json") as file:
    truth = json.load(file)


def ingest(source, into, mode):
    words = ["ingest", source, "--table", "orders", "--into", into, "--mode", mode, "--key", "id", "--report", report]
    return measure.streametl(args.streametl, args.memory, *words)


def ledger_bytes(folder):
    return sum(os.path.getsize(f) for f in glob.glob(f"{folder}/_streametl/orders/ledger/*"))


def changes():
    """A run from the table as it was loaded, on files that are linked and not copied: none of them is ever written to again."""
    shutil.rmtree(table, ignore_errors=True)
    subprocess.run(["cp", "-al", loaded, table], check=True)
    measured = measure.run(ingest(new, table, "cdc"), report, log)
    with open(report) as file:
        found = json.load(file)
    if (found["inserts"], found["updates"], found["deletes"]) != (truth["inserted"], truth["updated"], truth["deleted"]):
        sys.exit(f"wrong: {report} does not say what truth{suffix}.json does")
    return measured


if not os.path.exists(yesterday):
    measure.run([duckdb, "typed", old, yesterday], yesterday, log, env)
shutil.rmtree(loaded, ignore_errors=True)
load = measure.run(ingest(old, loaded, "full"), report, log)
per_row = ledger_bytes(loaded) / truth["old_rows"]
ours, theirs = [], []
for _ in range(args.runs):
    # Each finds what it reads in the page cache, whatever the other has read meanwhile.
    measure.warm([yesterday, new])
    theirs.append(measure.run([duckdb, "diff_hash", yesterday, new, f"{out}/duckdb.parquet"], f"{out}/duckdb.parquet", log, env))
    measure.warm([new, *glob.glob(f"{loaded}/full-load/*"), *glob.glob(f"{loaded}/_streametl/orders/ledger/*")])
    ours.append(changes())
(change_file,) = glob.glob(f"{table}/cdc/*.parquet")
ours, theirs = measure.medians(ours, change_file), measure.medians(theirs, f"{out}/duckdb.parquet")
ratio = theirs["seconds"] / ours["seconds"]
result = {
    "cpu": measure.cpu(),
    "cores": os.cpu_count(),
    "runs": args.runs,
    "memory": args.memory,
    "size": args.size,
    "least": LEAST,
    "ratio": round(ratio, 2),
    "streametl": ours,
    "duckdb": theirs,
    "load": {"seconds": round(load[0], 3), "peak_mb": round(load[2]), "ledger_bytes_per_row": round(per_row, 1)},
}
lines = [
    f"CPU: {result['cpu']}, {result['cores']} cores. Orders, {truth['new_bytes'] / 1e6:,.0f} MB, {truth['inserted'] + truth['updated'] + truth['deleted']:,} changes. Medians of {args.runs} runs.",
    "",
    "| | seconds | CPU seconds | peak MB | output MB |",
    "|---|---|---|---|---|",
    *(
        f"| {name} | {m['seconds']:.2f} | {m['cpu_seconds']:.2f} | {m['peak_mb']} | {m['output_mb']} |"
        for name, m in [("streametl ingest --mode cdc", ours), ("DuckDB, diff of Parquet and CSV", theirs)]
    ),
    "",
    f"Ratio {ratio:.2f}; at least {LEAST} is wanted. Full load: {load[0]:.2f} s, {load[2]:.0f} MB. Ledger: {per_row:.1f} bytes a row.",
]
print("\n".join(lines))
if args.save:
    measure.save(f"cdc-{args.size}" + (f"-{args.memory}" if args.memory else ""), result, "\n".join(lines))
    sys.exit(ratio < LEAST or ours["peak_mb"] > MOST_MB)
