"""What the comparing scripts share: running a command as the kernel sees it, and results as JSON with a table beside it."""

import argparse, json, os, re, statistics, subprocess, sys, time

HERE = os.path.dirname(os.path.abspath(__file__))
SHAPES = ["orders", "numbers", "texts", "sparse"]


def arguments(doc, runs):
    """A parser of the options that all of them have; runs is how many each makes unless told otherwise."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="folder made by peers/setup.sh")
    parser.add_argument("--streametl", default=os.path.join(HERE, "..", "out", "streametl"))
    parser.add_argument("--runs", type=int, default=runs)
    parser.add_argument("--memory", help="--memory for streametl")
    parser.add_argument("--save", action="store_true")
    return parser


def cpu():
    with open("/proc/cpuinfo") as file:
        return re.search(r"model name\s*: (.*)", file.read()).group(1).strip()


def streametl(binary, memory, *words, threads=2):
    """A command of streametl; the caller appends -o OUTPUT."""
    return [os.path.abspath(binary), *words, "-q", "--threads", str(threads)] + (["--memory", memory] if memory else [])


def warm(paths):
    """Puts the inputs into the page cache, so that nobody waits for the disk."""
    for path in paths:
        subprocess.run(["cat", path], stdout=subprocess.DEVNULL, check=True)


def run(command, output, log, env=None):
    """(wall seconds, CPU seconds, peak MB) of one run of a command that writes output."""
    if os.path.exists(output):
        os.remove(output)
    with open(log, "ab") as file:
        begin = time.monotonic()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=file, stderr=file, env=env)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - begin
    if os.waitstatus_to_exitcode(status):
        sys.exit(f"failed: {' '.join(command)}; see {log}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def medians(runs, output):
    """The medians of several runs and the size of what they wrote."""
    wall, busy, peak = (statistics.median(r[i] for r in runs) for i in range(3))
    return {
        "seconds": round(wall, 3),
        "cpu_seconds": round(busy, 3),
        "peak_mb": round(peak),
        "output_mb": round(os.path.getsize(output) / 1e6, 1),
    }


def save(name, result, table):
    """Writes results/CPU/NAME.json, and NAME.md to read."""
    folder = f"{HERE}/results/{re.sub(r'[^A-Za-z0-9.]+', '-', cpu()).strip('-')}"
    os.makedirs(folder, exist_ok=True)
    with open(f"{folder}/{name}.json", "w") as file:
        json.dump(result, file, indent=2)
        file.write("\n")
    with open(f"{folder}/{name}.md", "w") as file:
        file.write(table + "\n")
