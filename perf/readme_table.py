#!/usr/bin/env python3
"""Makes the README's section on speed of the committed results (results/CPU/*.json); --check only tells whether it is in step.

What is slower is said as plainly as what is faster, and no committed job is left out."""
import glob, json, os, sys

HERE = os.path.dirname(os.path.abspath(__file__))
README = os.path.join(HERE, "..", "README.md")
BEGIN, END = "<!-- speed: made by perf/readme_table.py -->\n", "<!-- end of speed -->"
SHAPES = {
    "orders": "orders, 10 columns",
    "numbers": "60 numeric columns",
    "texts": "long quoted text",
    "sparse": "200 columns, 90 % empty",
}
JOBS = {
    "convert": "CSV to Parquet, types found",
    "text": "CSV to Parquet, all as text",
    "dedupe": "whole-row duplicates removed",
    "key": "newest row of each key",
    "diff": "diff of two CSVs",
    "diffpq": "diff of Parquet against CSV",
    "start": "100 rows: the start of the process",
}


def against(ratio):
    if ratio >= 1.05:
        return f"{ratio:.2f} × as fast"
    return f"**slower**: takes {1 / ratio:.1f} × as long" if ratio <= 0.95 else "as fast"


def amount(mb):
    return f"{mb / 1000:.1f} GB" if mb >= 1000 else f"{mb:.0f} MB" if mb >= 1 else f"{mb * 1000:.0f} kB"


def table(cpu, results):
    """All full-size results of one machine."""
    jobs = [(result, job) for result in results for job in result["jobs"]]
    ahead = sum(job["ratio"] >= 1.05 for _, job in jobs)
    behind = sum(job["ratio"] <= 0.95 for _, job in jobs)
    runs = sorted({result["runs"] for result in results})
    measured = "one run each" if runs == [1] else f"medians of {' or '.join(map(str, runs))} runs"
    lines = [
        f"{cpu}, {results[0]['cores']} cores; {results[0]['peer']}; {measured}. "
        f"Of {len(jobs)} jobs streametl is ahead in {ahead} and behind in {behind}.",
        "",
        "| job | input | streametl | DuckDB | streametl is | peak memory |",
        "|---|---|---|---|---|---|",
    ]
    for result, job in jobs:
        us, them = job["streametl"], job["peer"]
        lines.append(
            f"| {JOBS[job['job']]} | {SHAPES[result['shape']]}, {amount(job['input_mb'])} | {us['seconds']:.2f} s | {them['seconds']:.2f} s "
            f"| {against(job['ratio'])} | {us['peak_mb']} MB against {them['peak_mb']} MB |"
        )
    return "\n".join(lines)


def growth(path):
    with open(path) as file:
        jobs = json.load(file)["jobs"]
    return "Ten times the rows take " + ", ".join(f"{job['growth']:.1f} × as long ({job['job']})" for job in jobs) + "."


def day(path):
    with open(path) as file:
        result = json.load(file)
    us, them = result["streametl"], result["duckdb"]
    return (
        f"A table's day, `ingest --mode cdc` of a dump of 1.1 GB: {us['seconds']:.2f} s and {us['peak_mb']} MB. DuckDB's diff of yesterday's Parquet and today's dump, which gives the same "
        f"changes and keeps no table: {them['seconds']:.2f} s and {them['peak_mb']} MB, {result['ratio']:.1f} × as long."
    )


def buckets(path):
    with open(path) as file:
        result = json.load(file)
    local, remote = (result["jobs"][name]["seconds"] for name in ("files", "buckets"))
    return (
        f"From bucket to bucket, Ceph's S3 gateway on a core of its own, convert takes {remote:.1f} s where files take {local:.1f} s on the same one core: "
        f"{result['ratio']:.0%} of the speed."
    )


def text():
    parts = []
    for folder in sorted(glob.glob(f"{HERE}/results/*")):
        results = []
        for path in glob.glob(f"{folder}/side-by-side-*full.json"):
            with open(path) as file:
                results.append(json.load(file))
        if results:
            results.sort(key=lambda result: list(SHAPES).index(result["shape"]))
            parts.append(table(results[0]["cpu"], results))
        if os.path.exists(f"{folder}/growth.json"):
            parts.append(growth(f"{folder}/growth.json"))
        if os.path.exists(f"{folder}/cdc-full.json"):
            parts.append(day(f"{folder}/cdc-full.json"))
        if os.path.exists(f"{folder}/s3.json"):
            parts.append(buckets(f"{folder}/s3.json"))
    return BEGIN + "\n" + "\n\n".join(parts) + "\n\n" + END


with open(README) as file:
    readme = file.read()
before, rest = readme.split(BEGIN)
wanted = before + text() + rest.split(END)[1]
if "--check" in sys.argv[1:]:
    if readme != wanted:
        sys.exit("README.md does not say what perf/results says; run perf/readme_table.py")
else:
    with open(README, "w") as file:
        file.write(wanted)
