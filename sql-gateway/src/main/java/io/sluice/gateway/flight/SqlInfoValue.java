package io.sluice.gateway.flight;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A fact about the server: one alternative of GetSqlInfo's union. */
sealed interface SqlInfoValue {

  /** How many alternatives the union has. */
  int UNION_SIZE = 6;

  /** Returns which alternative this is. */
  byte unionType();

  record Text(String value) implements SqlInfoValue {
    @Override
    public byte unionType() {
      return 0;
    }
  }

  record Flag(boolean value) implements SqlInfoValue {
    @Override
    public byte unionType() {
      return 1;
    }
  }

  record Count(long value) implements SqlInfoValue {
    @Override
    public byte unionType() {
      return 2;
    }
  }

  /** A bit mask, or the number of one choice. */
  record Bits(int value) implements SqlInfoValue {
    @Override
    public byte unionType() {
      return 3;
    }
  }

  record Texts(List<String> values) implements SqlInfoValue {
    public Texts {
      values = List.copyOf(values);
    }

    @Override
    public byte unionType() {
      return 4;
    }
  }

  /** To which types each type can be converted, by the numbers of SqlSupportsConvert. */
  record Conversions(Map<Integer, List<Integer>> values) implements SqlInfoValue {
    public Conversions {
      values = Collections.unmodifiableMap(new TreeMap<>(values));
    }

    @Override
    public byte unionType() {
      return 5;
    }
  }
}
