package io.sluice.planner;

import static io.sluice.model.ErrorCode.PERMISSION_DENIED;
import static io.sluice.model.ErrorCode.POLICY_INVALID;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A table that is now {@code id, tax_no, ssn}: {@code tax_no} was {@code ssn} before another column
 * took that name, and {@code number} before that. A column {@code card} was dropped.
 */
class RenamedColumnTest {

  private static final String T = "`lake`.`hr`.`emp`";

  private final FakeCatalog catalog =
      new FakeCatalog()
          .table("lake", "hr", "emp", "id bigint", "tax_no string", "ssn string")
          .renamed("lake", "hr", "emp", "tax_no", "number", "ssn")
          .formerly("lake", "hr", "emp", "number", "card");

  private final FakePolicies policies =
      new FakePolicies().grant("u", "lake.*").permitAll("u", "lake.*");

  private PlannerFixture.Statement sql(String sql) {
    return PlannerFixture.with(catalog, policies).as("u").in("lake", "hr").as("u").sql(sql);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ssn", "number", "tax_no"})
  void aColumnIsDeniedByEveryNameThatItEverHad(String name) {
    policies.deny("u", "lake.hr.emp", name);
    sql("select tax_no from emp")
        .refused(
            PERMISSION_DENIED,
            "Permission denied: user [u] does not have [select] privilege on [hr/emp/tax_no]");
    sql("select * from emp").refused(PERMISSION_DENIED);
    sql("select 1 from emp where tax_no = '1'").refused(PERMISSION_DENIED);
    sql("select id from emp").reads("lake.hr.emp");
  }

  @Test
  void itIsMaskedByEveryNameThatItEverHad() {
    policies.mask("u", "lake.hr.emp", "number", "MASK_NULL");
    sql("select * from emp")
        .becomes(
            "select * from (SELECT `r`.`id`, CAST(NULL AS string) AS `tax_no`, `r`.`ssn` FROM "
                + T
                + " AS `r`) AS `emp`");
  }

  @Test
  void theExpressionOfAnOldNamesMaskIsOfTheColumnAsItIsCalledNow() {
    policies.mask("u", "lake.hr.emp", "number", "CUSTOM", "left({col}, 1)");
    assertThat(sql("select * from emp").rewritten()).contains("left(`r`.`tax_no`, 1)");
    policies.mask("u", "lake.hr.emp", "number", "CUSTOM", "left(number, 1)");
    sql("select * from emp").refused(POLICY_INVALID);
  }

  @Test
  void ofMasksThatDifferNothingIsLeft() {
    policies.mask("u", "lake.hr.emp", "number", "MASK_HASH");
    policies.mask("u", "lake.hr.emp", "tax_no", "MASK");
    assertThat(sql("select * from emp").rewritten()).contains("CAST(NULL AS string) AS `tax_no`");
  }

  @Test
  void aGrantThatLeavesOutAnOldNameLeavesOutTheColumn() {
    policies.grantOnly("few", "lake.hr.emp", "id", "tax_no", "number");
    PlannerFixture few = PlannerFixture.with(catalog, policies).as("few").in("lake", "hr");
    few.as("few").sql("select tax_no from emp").refused(PERMISSION_DENIED);
    few.as("few").sql("select id from emp").reads("lake.hr.emp");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "insert into emp values (1, '2', '3')",
        "update emp set id = 1",
        "delete from emp where id = 1",
        "merge into emp using (select 1 k) on id = k when matched then delete",
      })
  void noWriteGoesWhereAColumnIsHiddenByAnOldName(String sql) {
    sql(sql).analysis();
    policies.deny("u", "lake.hr.emp", "number");
    sql(sql).refused(PERMISSION_DENIED);
  }

  @Test
  void whatWasDroppedOrNeverWasHidesNothing() {
    policies.deny("u", "lake.hr.emp", "card", "never");
    policies.mask("u", "lake.hr.emp", "never2", "MASK_NULL");
    sql("select * from emp").becomes("select * from " + T);
  }
}
