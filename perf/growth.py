#!/usr/bin/env python3
"""Ten times the rows may take at most 10.5 times as long: the 110 MB and the 1.1 GB of orders, small and large in turn, medians of the wall time.

  perf/growth.py --data DIR [--runs 3] [--jobs convert,dedupe,key,diff] [--memory 512MB] [--save]

Fails when a job grows faster. --save writes results/CPU/growth.json and .md."""
import os, statistics, sys
import measure

MOST = 10.5

parser = measure.arguments(__doc__, runs=3)
parser.add_argument("--jobs", default="convert,dedupe,key,diff")
args = parser.parse_args()

data = os.path.abspath(args.data)
out = f"{data}/out"
os.makedirs(out, exist_ok=True)
output = f"{out}/streametl.parquet"


def command(job, suffix):
    old, new = f"{data}/orders_old{suffix}.csv", f"{data}/orders_new{suffix}.csv"
    words = {
        "convert": ["convert", old],
        "dedupe": ["dedupe", new],
        "key": ["dedupe", new, "--key", "id", "--keep", "updated_at:desc"],
        "diff": ["diff", old, new, "--key", "id"],
    }[job]
    return [*measure.streametl(args.streametl, args.memory, *words), "-o", output]


result = {"cpu": measure.cpu(), "cores": os.cpu_count(), "runs": args.runs, "memory": args.memory, "most": MOST, "jobs": []}
lines = [
    f"CPU: {result['cpu']}, {result['cores']} cores. Orders, 110 MB and 1.1 GB a side. Medians of {args.runs} runs. At most {MOST} is wanted.",
    "",
    "| job | small s | large s | growth |",
    "|---|---|---|---|",
]
print("\n".join(lines), flush=True)
failed = False
measure.warm(f"{data}/orders_{side}{suffix}.csv" for side in ("old", "new") for suffix in ("_s", ""))
for job in args.jobs.split(","):
    small, large = [], []
    for _ in range(args.runs):
        small.append(measure.run(command(job, "_s"), output, f"{out}/log")[0])
        large.append(measure.run(command(job, ""), output, f"{out}/log")[0])
    few, many = statistics.median(small), statistics.median(large)
    failed |= many / few > MOST
    result["jobs"].append({"job": job, "small_seconds": round(few, 3), "large_seconds": round(many, 3), "growth": round(many / few, 2)})
    lines.append(f"| {job} | {few:.2f} | {many:.2f} | {many / few:.2f}{' (too much)' if many / few > MOST else ''} |")
    print(lines[-1], flush=True)
if args.save:
    measure.save("growth" + (f"-{args.memory}" if args.memory else ""), result, "\n".join(lines))
sys.exit(failed)
