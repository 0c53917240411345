package io.sluice.gateway.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class BoundedHandlesTest {

  private static final ClientMemory ROOMY = new ClientMemory(1_000_000);

  private final List<String> dropped = new ArrayList<>();

  @Test
  void theOneUnusedForLongestGoesFirst() {
    BoundedHandles<String> handles =
        new BoundedHandles<>(2, 1_000, "ann", ROOMY, String::length, dropped::add);
    UUID first = handles.add("a");
    UUID second = handles.add("b");
    assertThat(handles.get(first)).contains("a");
    handles.add("c");
    assertThat(handles.get(second)).isEmpty();
    assertThat(handles.get(first)).contains("a");
    assertThat(dropped).containsExactly("b");
  }

  @Test
  void whatCannotBeReplacedStaysAndSoDoAllOthers() {
    ClientMemory memory = new ClientMemory(80);
    BoundedHandles<String> mine =
        new BoundedHandles<>(100, 100, "ann", memory, String::length, dropped::add);
    BoundedHandles<String> other =
        new BoundedHandles<>(100, 100, "ann", memory, String::length, dropped::add);
    UUID id = mine.add("before");
    UUID neighbour = mine.add("beside");
    other.add("12345");
    assertThatThrownBy(() -> mine.put(id, "x".repeat(16))).hasMessageContaining("Try again later");
    assertThat(mine.get(id)).contains("before");
    assertThat(mine.get(neighbour)).contains("beside");
    assertThat(memory.used()).isEqualTo(17);
    assertThat(dropped).isEmpty();
    mine.put(id, "x".repeat(15));
    assertThat(mine.get(id)).contains("x".repeat(15));
    assertThat(dropped).containsExactly("beside");
    assertThat(memory.used()).isEqualTo(20);
    mine.put(id, "x");
    mine.close();
    other.close();
    assertThat(memory.used()).isZero();
  }

  @Test
  void weightIsBoundedAndOneHeavyValueStays() {
    BoundedHandles<String> handles =
        new BoundedHandles<>(100, 10, "ann", ROOMY, String::length, dropped::add);
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

  @Test
  void allSessionsTogetherAreBoundedAndNoneCanPushOutAnothersHandles() {
    ClientMemory memory = new ClientMemory(80);
    BoundedHandles<String> one =
        new BoundedHandles<>(100, 100, "ann", memory, String::length, dropped::add);
    BoundedHandles<String> other =
        new BoundedHandles<>(100, 100, "ann", memory, String::length, dropped::add);
    UUID first = one.add("12345");
    UUID second = one.add("12345");
    UUID foreign = other.add("1234567890");
    UUID third = one.add("123456");
    assertThat(one.get(first)).isEmpty();
    assertThat(one.get(second)).isEmpty();
    assertThat(one.get(third)).isPresent();
    assertThatThrownBy(() -> one.add("12345678901"))
        .isInstanceOfSatisfying(
            SluiceException.class,
            error -> assertThat(error.code()).isEqualTo(ErrorCode.QUEUE_FULL));
    assertThat(other.get(foreign)).isPresent();
    other.close();
    assertThat(one.add("12345678901234567890")).isNotNull();
  }

  @Test
  void oneUserCannotTakeAllOfIt() {
    ClientMemory memory = new ClientMemory(40);
    new BoundedHandles<String>(100, 100, "eve", memory, String::length, dropped::add)
        .add("1234567890");
    assertThatThrownBy(
            () ->
                new BoundedHandles<String>(100, 100, "eve", memory, String::length, dropped::add)
                    .add("1"))
        .isInstanceOf(SluiceException.class);
    assertThat(
            new BoundedHandles<String>(100, 100, "ann", memory, String::length, dropped::add)
                .add("1234567890"))
        .isNotNull();
  }

  @Test
  void whatIsForgottenGivesItsRoomBack() {
    ClientMemory memory = new ClientMemory(100);
    BoundedHandles<String> handles =
        new BoundedHandles<>(2, 10, "ann", memory, String::length, dropped::add);
    UUID id = handles.add("123");
    handles.put(id, "12345");
    assertThat(memory.used()).isEqualTo(5);
    handles.add("1");
    handles.add("1");
    assertThat(memory.used()).isEqualTo(2);
    handles.close();
    handles.close();
    assertThat(memory.used()).isZero();
    assertThatThrownBy(() -> handles.add("1"))
        .isInstanceOfSatisfying(
            SluiceException.class,
            error -> assertThat(error.code()).isEqualTo(ErrorCode.SESSION_CLOSED));
    assertThat(memory.used()).isZero();
  }
}
