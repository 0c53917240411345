package io.sluice.planner.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import io.sluice.model.TableName;
import io.sluice.planner.FakeCatalog;
import io.sluice.planner.catalog.Column;
import io.sluice.planner.metadata.MetadataReader.VisibleTable;
import io.sluice.planner.policy.TableDecision;
import io.sluice.planner.policy.TableDecision.ColumnMask;
import io.sluice.planner.policy.TableDecision.RowFilter;
import io.sluice.planner.policy.TableRequest;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AuthorizedMetadataTest {

  private static final Principal ANN = new Principal("ann", Set.of());
  private static final TableName CUSTOMER = new TableName("lake", "tpch", "customer");
  private static final TableName ORDERS = new TableName("lake", "tpch", "orders");
  private static final TableName EMPTY = new TableName("lake", "tpch", "empty");
  private static final TableName MISSING = new TableName("lake", "tpch", "missing");

  private final FakeCatalog catalog =
      new FakeCatalog()
          .table(CUSTOMER, "id", "Address", "phone")
          .table(ORDERS, "id")
          .foreignView(new TableName("lake", "tpch", "recent"))
          .table(new TableName("lake", "hr", "pay"), "amount")
          .table(new TableName("pond", "tpch", "fish"), "name");
  private final FakePolicies policies = new FakePolicies();
  private final MetadataReader metadata =
      new AuthorizedMetadata(catalog, policies, InstantSource.system());

  @Test
  void showsNothingWithoutAPrivilege() {
    assertThat(metadata.catalogs(ANN)).isEmpty();
    assertThat(metadata.schemas(ANN, "lake")).isEmpty();
    assertThat(metadata.tables(ANN, "lake", "tpch")).isEmpty();
    assertThat(metadata.table(ANN, CUSTOMER)).isEmpty();
    assertThat(metadata.mayRead(ANN, CUSTOMER)).isFalse();
    assertThat(metadata.mayRead(ANN, MISSING)).isFalse();
  }

  @Test
  void showsWhatPolicyGrantsAndNoMore() {
    policies.grant("ann", "lake", "tpch", "customer");

    assertThat(metadata.catalogs(ANN)).containsExactly("lake");
    assertThat(metadata.schemas(ANN, "lake")).containsExactly("tpch");
    assertThat(metadata.schemas(ANN, "pond")).isEmpty();
    assertThat(metadata.schemas(ANN, "nope")).isEmpty();
    assertThat(metadata.tables(ANN, "lake", "tpch")).containsExactly(CUSTOMER);
    assertThat(metadata.tables(ANN, "lake", "hr")).isEmpty();
    assertThat(metadata.tables(ANN, "lake", "nope")).isEmpty();
    assertThat(metadata.table(ANN, ORDERS)).isEmpty();
    VisibleTable table = metadata.table(ANN, CUSTOMER).orElseThrow();
    assertThat(table.restricted()).isFalse();
    assertThat(table.columns()).isEqualTo(table.table().columns());
  }

  @Test
  void aTableWithoutColumnsIsSeenByThoseWhoMayReadIt() {
    catalog.table(EMPTY, new String[0]);
    assertThat(metadata.table(ANN, EMPTY)).isEmpty();
    assertThat(metadata.mayRead(ANN, EMPTY)).isFalse();
    policies.grant("ann", "lake", "tpch", "empty");
    assertThat(metadata.tables(ANN, "lake", "tpch")).containsExactly(EMPTY);
    assertThat(metadata.mayRead(ANN, EMPTY)).isTrue();
    assertThat(metadata.table(ANN, EMPTY).orElseThrow().columns()).isEmpty();
  }

  /** A search for one table of many does not load them all. */
  @Test
  void asksPolicyAboutThoseAloneWhoseNamesAreWanted() {
    policies.grant("ann", "lake", "tpch", "*");

    assertThat(metadata.tables(ANN, "lake", "tpch", name -> name.startsWith("o")))
        .containsExactly(ORDERS);
    assertThat(metadata.views(ANN, "lake", "tpch", name -> false)).isEmpty();
    assertThat(policies.requests()).extracting(TableRequest::table).containsOnly(ORDERS);
  }

  @Test
  void leavesOutDeniedColumnsWhateverTheirCase() {
    policies.deny("ann", "lake", "tpch", "customer", "ADDRESS");

    VisibleTable table = metadata.table(ANN, CUSTOMER).orElseThrow();

    assertThat(table.columns()).extracting(Column::name).containsExactly("id", "phone");
    assertThat(table.restricted()).isTrue();
    assertThat(policies.requests())
        .contains(new TableRequest(ANN, "", CUSTOMER, List.of("id", "Address", "phone")));
  }

  @Test
  void callsATableRestrictedThatIsFilteredOrMasked() {
    policies
        .decide(
            "ann",
            "lake",
            "tpch",
            "customer",
            request ->
                new TableDecision(
                    true, List.of(), Optional.of(new RowFilter("id = 1", "7")), Map.of(), "1"))
        .decide(
            "ann",
            "lake",
            "tpch",
            "orders",
            request ->
                new TableDecision(
                    true,
                    List.of(),
                    Optional.empty(),
                    Map.of("id", new ColumnMask("MASK_NULL", Optional.empty(), "8")),
                    "1"));

    assertThat(metadata.table(ANN, CUSTOMER).orElseThrow().restricted()).isTrue();
    assertThat(metadata.table(ANN, ORDERS).orElseThrow().restricted()).isTrue();
  }

  @Test
  void hidesATableOfWhichEveryColumnIsDenied() {
    policies.deny("ann", "lake", "tpch", "orders", "id");

    assertThat(metadata.table(ANN, ORDERS)).isEmpty();
    assertThat(metadata.mayRead(ANN, ORDERS)).isFalse();
    assertThat(metadata.tables(ANN, "lake", "tpch")).isEmpty();
  }

  @Test
  void tellsAMissingTableFromAForbiddenOneToWhomItWouldBeGranted() {
    policies.grant("ann", "lake", "tpch", "*");

    assertThat(metadata.table(ANN, MISSING)).isEmpty();
    assertThat(metadata.mayRead(ANN, MISSING)).isTrue();
    assertThat(metadata.mayRead(ANN, new TableName("lake", "hr", "missing"))).isFalse();
  }

  @Test
  void asksForAClientAtItsAddress() {
    policies.grant("ann", "lake", "tpch", "*");

    metadata.from("10.0.0.7").table(ANN, ORDERS);
    metadata.from("10.0.0.7").mayRead(ANN, MISSING);

    assertThat(policies.requests())
        .hasSize(2)
        .allSatisfy(request -> assertThat(request.clientAddress()).isEqualTo("10.0.0.7"));
  }

  @Test
  void tellsOfAnUnreadableTableOnlyToWhomItIsGranted() {
    TableName odd = new TableName("lake", "tpch", "odd");
    catalog.brokenTable(odd, new SluiceException(ErrorCode.NOT_SUPPORTED, "a time column"));
    policies.grant("ann", "lake", "tpch", "customer");
    assertThat(metadata.table(ANN, odd)).isEmpty();
    assertThat(metadata.mayRead(ANN, odd)).isFalse();
    assertThat(metadata.tables(ANN, "lake", "tpch")).containsExactly(CUSTOMER);

    policies.grant("ann", "lake", "tpch", "*");
    assertThatThrownBy(() -> metadata.table(ANN, odd)).hasMessage("a time column");
    assertThat(metadata.mayRead(ANN, odd)).isTrue();
    assertThat(metadata.tables(ANN, "lake", "tpch")).containsExactly(CUSTOMER, odd, ORDERS);
  }

  @Test
  void throwsEveryFailureOfTheEngine() {
    policies.grant("ann", "lake", "*", "*");
    SluiceException own = new SluiceException(ErrorCode.POLICY_INVALID, "a bad policy");
    policies.failWith(own);
    assertThat(everyQuestion())
        .allSatisfy(question -> assertThatThrownBy(() -> question.accept(metadata)).isSameAs(own));

    policies.failWith(new IllegalStateException("a defect"));
    assertThat(everyQuestion())
        .allSatisfy(
            question ->
                assertThatThrownBy(() -> question.accept(metadata))
                    .isInstanceOfSatisfying(
                        SluiceException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.POLICY_UNAVAILABLE))
                    .hasMessageNotContaining("a defect"));
  }

  @Test
  void refusesWhenTheEngineAnswersNothing() {
    policies.grant("ann", "lake", "*", "*").fallSilent();

    assertThat(
            Stream.<Consumer<MetadataReader>>of(
                reader -> reader.tables(ANN, "lake", "tpch"),
                reader -> reader.table(ANN, CUSTOMER),
                reader -> reader.mayRead(ANN, MISSING)))
        .allSatisfy(
            question ->
                assertThatThrownBy(() -> question.accept(metadata))
                    .isInstanceOfSatisfying(
                        SluiceException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.POLICY_UNAVAILABLE)));
  }

  private static Stream<Consumer<MetadataReader>> everyQuestion() {
    return Stream.of(
        reader -> reader.catalogs(ANN),
        reader -> reader.schemas(ANN, "lake"),
        reader -> reader.tables(ANN, "lake", "tpch"),
        reader -> reader.table(ANN, CUSTOMER),
        reader -> reader.mayRead(ANN, CUSTOMER),
        reader -> reader.mayRead(ANN, MISSING));
  }
}
