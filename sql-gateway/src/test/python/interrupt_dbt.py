"""Interrupts a dbt run as Ctrl+C does, and sees Spark come to rest.

Usage, in the project's directory: interrupt_dbt.py DBT SPARK_PID
"""

import pathlib
import signal
import subprocess
import sys

from spark_process import SparkProcess

SPARK = SparkProcess(sys.argv[2])
MODEL = pathlib.Path("models/endless.sql")

MODEL.write_text(
    "{{ config(materialized='table') }} select sum(hash(id)) as total from range(1000000000000)\n"
)
# Who runs this in the background ignores interrupts, and so would dbt.
signal.signal(signal.SIGINT, signal.default_int_handler)
try:
    run = subprocess.Popen(
        [sys.argv[1], "--no-version-check", "run", "--select", "endless", "--profiles-dir", "."]
    )
    try:
        # What dbt asks first costs Spark less than this.
        for _ in range(6):
            SPARK.await_busy()
        run.send_signal(signal.SIGINT)
        assert run.wait(60) != 0, "dbt was not interrupted"
        SPARK.await_idle()
    finally:
        run.kill()
finally:
    MODEL.unlink()
