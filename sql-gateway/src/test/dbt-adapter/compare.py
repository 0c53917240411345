"""Runs the tests of this directory on two servers at once and compares what passes.

Fails when another test than those of differences.txt ends differently: a line of it is the test, what
it did on the Thrift Server and what on Sluice. docs/clients/dbt.md says why.

Usage: compare.py WORK_DIRECTORY SLUICE_THRIFT_PORT THRIFT_SERVER_PORT [PYTEST_ARGUMENT...]
"""

import os
import pathlib
import shutil
import subprocess
import sys
import xml.etree.ElementTree

HERE = pathlib.Path(__file__).resolve().parent


def start(work, name, port, arguments):
    folder = work / ("dbt-" + name)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "results.xml").unlink(missing_ok=True)
    # The tests of seeds write beside themselves.
    shutil.rmtree(folder / "tests", ignore_errors=True)
    shutil.copytree(HERE, folder / "tests")
    command = [sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", "-W", "ignore"]
    command += [f"--rootdir={folder}", f"--basetemp={folder}/projects", "-o", "junit_family=xunit1"]
    command += [f"--junitxml={folder}/results.xml", str(folder / "tests" / "test_adapter.py"), *arguments]
    environment = dict(os.environ, COMPARED_PORT=port, PYTHONDONTWRITEBYTECODE="1")
    with open(folder / "log.txt", "w") as log:
        return folder, subprocess.Popen(
            command, cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT
        )


def outcomes(folder):
    """What became of each test."""
    found = {}
    if not (folder / "results.xml").exists():
        raise SystemExit(f"pytest left no results; see {folder}/log.txt")
    for case in xml.etree.ElementTree.parse(folder / "results.xml").iter("testcase"):
        test = case.get("classname").split(".")[-1] + "::" + case.get("name")
        kinds = {child.tag for child in case}
        found[test] = next(
            (end for end in ("error", "failure", "skipped") if end in kinds), "passed"
        )
    return found


def known():
    lines = (HERE / "differences.txt").read_text().splitlines()
    return {tuple(line.split()) for line in lines if line and not line.startswith("#")}


def main(work, sluice_port, thrift_port, *arguments):
    work = pathlib.Path(work)
    runs = [
        start(work, "thrift-server", thrift_port, arguments),
        start(work, "sluice", sluice_port, arguments),
    ]
    for _, process in runs:
        process.wait()
    thrift_server, sluice = (outcomes(folder) for folder, _ in runs)
    differing = set()
    for test in sorted(thrift_server.keys() | sluice.keys()):
        ends = thrift_server.get(test, "absent"), sluice.get(test, "absent")
        print(test, *ends)
        if ends[0] != ends[1]:
            differing.add((test, *ends))
    print(f"\nOf {len(thrift_server)} tests the Thrift Server passes", end=" ")
    print(list(thrift_server.values()).count("passed"), end=", Sluice ")
    print(list(sluice.values()).count("passed"))
    unexplained = differing if arguments else differing ^ known()
    for line in sorted(unexplained):
        print("not as differences.txt says:", *line)
    return 1 if unexplained or not thrift_server else 0


sys.exit(main(*sys.argv[1:]))
