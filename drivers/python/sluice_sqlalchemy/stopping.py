"""Statements of Superset's that end in Spark when their query is stopped."""

from concurrent import futures

from sqlalchemy import orm

POLL_SECONDS = 1


class StoppableCursor:
    """A cursor of ADBC's whose calls end once their query is stopped.

    Whoever presses Stop sets the query's status in Superset's own database, often from another
    process. So each call that may wait for Spark runs in a thread of its own while this one reads
    the status, as only this one may use Superset's session.
    """

    def __init__(self, cursor, query):
        self._cursor = cursor
        self._query = query

    def __getattr__(self, name):
        return getattr(self._cursor, name)

    def execute(self, *arguments):
        return self._run(self._cursor.execute, *arguments)

    def fetchmany(self, *arguments):
        return self._run(self._cursor.fetchmany, *arguments)

    def fetchall(self):
        return self._run(self._cursor.fetchall)

    def _run(self, call, *arguments):
        with futures.ThreadPoolExecutor(1) as thread:
            running = thread.submit(call, *arguments)
            try:
                while futures.wait([running], POLL_SECONDS).not_done:
                    if self._is_stopped():
                        self._cursor.adbc_cancel()
            except BaseException:
                # Superset's own time limit, for one.
                self._cursor.adbc_cancel()
                raise
            return running.result()

    def _is_stopped(self):
        session = orm.object_session(self._query)
        # Some databases show nothing new within a transaction.
        session.commit()
        session.refresh(self._query)
        return self._query.status in ("stopped", "timed_out")
