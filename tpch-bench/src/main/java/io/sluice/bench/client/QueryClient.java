package io.sluice.bench.client;

import java.util.List;

/** A connection of one client; used by one thread at a time unless it says otherwise. */
public interface QueryClient extends AutoCloseable {

  /** Runs a query and drops its rows as they come. */
  Fetched fetch(String sql) throws Exception;

  /** Runs a query and keeps its rows, each cell as text: decimals plain, dates ISO, null null. */
  List<List<String>> rows(String sql) throws Exception;

  @Override
  void close() throws Exception;
}
