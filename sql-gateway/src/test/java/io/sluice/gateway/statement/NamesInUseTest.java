package io.sluice.gateway.statement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.TableName;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NamesInUseTest {

  private static final TableName TABLE = new TableName("lake", "s", "t");
  private static final TableName OTHER = new TableName("lake", "s", "o");

  private final NamesInUse names = new NamesInUse();
  private final List<String> given = new ArrayList<>();

  private void claim(TableName name) {
    names.claim(name, () -> given.add(name.table()));
  }

  private static void outdated(Runnable attempt) {
    assertThatThrownBy(attempt::run)
        .isInstanceOfSatisfying(
            SluiceException.class,
            error -> assertThat(error.code()).isEqualTo(ErrorCode.STATEMENT_OUTDATED));
  }

  @Test
  void noViewTakesANameUntilEveryStatementThatUsesItHasEnded() {
    names.use(List.of(TABLE, OTHER));
    names.use(List.of(TABLE));
    outdated(() -> claim(TABLE));
    names.release(List.of(TABLE, OTHER));
    outdated(() -> claim(TABLE));
    claim(OTHER);
    names.release(List.of(TABLE));
    claim(TABLE);
    assertThat(given).containsExactly("o", "t");
  }

  @Test
  void noStatementUsesANameWhileAViewTakesIt() {
    names.claim(
        TABLE,
        () -> {
          outdated(() -> names.use(List.of(OTHER, TABLE)));
          names.use(List.of(OTHER));
          outdated(() -> claim(TABLE));
        });
    names.use(List.of(TABLE));
    outdated(() -> claim(OTHER));
  }

  @Test
  void aViewThatFailsToTakeANameLeavesItFree() {
    assertThatThrownBy(
            () ->
                names.claim(
                    TABLE,
                    () -> {
                      throw new IllegalStateException("x");
                    }))
        .hasMessage("x");
    names.use(List.of(TABLE));
    outdated(() -> claim(TABLE));
  }
}
