"""Whether the demonstration's Spark computes: what a cancel has to end."""

import os
import pathlib
import time

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


class SparkProcess:
    def __init__(self, pid):
        self._stat = pathlib.Path(f"/proc/{pid}/stat")

    def _cpu_seconds(self):
        # The name in parentheses may hold spaces; utime and stime are fields 14 and 15.
        fields = self._stat.read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND

    def await_busy(self):
        """Wait until Spark has computed for half a second."""
        before = self._cpu_seconds()
        self._await("begin to compute", lambda: self._cpu_seconds() > before + 0.5, 60)

    def await_idle(self):
        """Wait until Spark computes next to nothing for two seconds."""

        def idle():
            before = self._cpu_seconds()
            time.sleep(2)
            return self._cpu_seconds() - before < 0.4

        self._await("come to rest", idle, 30)

    @staticmethod
    def _await(what, met, seconds):
        end = time.monotonic() + seconds
        while not met():
            assert time.monotonic() < end, f"Spark did not {what} within {seconds} s"
            time.sleep(0.2)
