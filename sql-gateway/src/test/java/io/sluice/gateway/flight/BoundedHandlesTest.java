package io.sluice.gateway.flight;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.Test;

class BoundedHandlesTest {

  @Test
  void theOneUnusedForLongestGoesFirst() {
    BoundedHandles<String> handles = new BoundedHandles<>(2, 1_000, String::length);
    UUID first = handles.add("a");
    UUID second = handles.add("b");
    assertThat(handles.get(first)).contains("a");
    handles.add("c");
    assertThat(handles.get(second)).isEmpty();
    assertThat(handles.get(first)).contains("a");
  }

  @Test
  void weightIsBoundedAndOneHeavyValueStays() {
    BoundedHandles<String> handles = new BoundedHandles<>(100, 10, String::length);
    UUID first = handles.add("12345");
    UUID second = handles.add("12345");
    assertThat(handles.get(first)).isPresent();
    handles.put(second, "123456");
    assertThat(handles.get(first)).isEmpty();
    UUID heavy = handles.add("x".repeat(50));
    assertThat(handles.get(second)).isEmpty();
    assertThat(handles.get(heavy)).isPresent();
    assertThat(handles.remove(heavy)).isPresent();
    UUID third = handles.add("1234567890");
    assertThat(handles.get(third)).isPresent();
  }
}
