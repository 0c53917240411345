package io.sluice.gateway.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The rules of ARCHITECTURE.md, over every module on the gateway's class path. */
@AnalyzeClasses(packages = "io.sluice", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  /** Where threads, clocks and the environment are touched; measurements and tests do too. */
  private static final String[] WIRING = {
    "io.sluice.gateway.main..", "io.sluice.bench..", "io.sluice.testkit.."
  };

  @ArchTest
  static final ArchRule MODEL_KNOWS_THE_JDK_ALONE =
      noClasses()
          .that()
          .resideInAPackage("io.sluice.model..")
          .should()
          .dependOnClassesThat()
          .resideOutsideOfPackages("io.sluice.model..", "java..", "org.jspecify..");

  @ArchTest
  static final ArchRule THE_POLICY_PORT_KNOWS_MODEL_AND_THE_JDK_ALONE =
      noClasses()
          .that()
          .resideInAPackage("io.sluice.planner.policy")
          .should()
          .dependOnClassesThat()
          .resideOutsideOfPackages(
              "io.sluice.planner.policy", "io.sluice.model..", "java..", "org.jspecify..");

  @ArchTest
  static final ArchRule PLANNER_KNOWS_NO_OTHER_MODULE =
      noClasses()
          .that()
          .resideInAPackage("io.sluice.planner..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.sluice.router..",
              "io.sluice.cluster..",
              "io.sluice.spark..",
              "io.sluice.gateway..",
              "io.sluice.bench..");

  /** But for what it times in its own process. */
  @ArchTest
  static final ArchRule BENCHMARKS_ASK_AS_CLIENTS_DO =
      noClasses()
          .that()
          .resideInAPackage("io.sluice.bench..")
          .and()
          .resideOutsideOfPackages("io.sluice.bench.analysis..", "io.sluice.bench.simulate..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.sluice.planner..",
              "io.sluice.router..",
              "io.sluice.cluster..",
              "io.sluice.spark..",
              "io.sluice.gateway..");

  @ArchTest static final ArchRule ROUTER_IS_PURE = isPure("io.sluice.router..");

  @ArchTest static final ArchRule THE_AUTOSCALER_IS_PURE = isPure("io.sluice.cluster.autoscale..");

  @ArchTest
  static final ArchRule CLUSTER_MANAGER_SEES_NEITHER_PLANNER_NOR_ROUTER =
      noClasses()
          .that()
          .resideInAPackage("io.sluice.cluster..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.sluice.planner..", "io.sluice.router..", "io.sluice.gateway..");

  @ArchTest
  static final ArchRule KUBERNETES_TYPES_STAY_IN_THEIR_PACKAGE =
      noClasses()
          .that()
          .resideOutsideOfPackages("io.sluice.cluster.kubernetes..", "io.sluice.gateway.main..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.fabric8..");

  @ArchTest
  static final ArchRule PROMETHEUS_TYPES_STAY_IN_THEIR_PACKAGE =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.sluice.gateway.metrics..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.prometheus..");

  @ArchTest
  static final ArchRule SPARK_CLIENT_KNOWS_MODEL_ALONE =
      noClasses()
          .that()
          .resideInAPackage("io.sluice.spark..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.sluice.planner..",
              "io.sluice.router..",
              "io.sluice.cluster..",
              "io.sluice.gateway..");

  @ArchTest
  static final ArchRule DOORS_DO_NOT_TALK_TO_SPARK_OR_DECIDE =
      noClasses()
          .that()
          .resideInAnyPackage(
              "io.sluice.gateway.flight..",
              "io.sluice.gateway.hive..",
              "io.sluice.gateway.http..",
              "io.sluice.gateway.rest..",
              "io.sluice.gateway.avatica..")
          .should()
          .dependOnClassesThat()
          .haveFullyQualifiedName("io.sluice.spark.SparkBackend")
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("io.sluice.spark.SparkConnectBackend")
          .orShould()
          .dependOnClassesThat()
          .resideInAnyPackage("io.sluice.cluster..", "io.sluice.router..");

  @ArchTest
  static final ArchRule PROTOCOL_TYPES_STAY_IN_THEIR_DOOR =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "io.sluice.gateway.flight..", "io.sluice.gateway.cli..", "io.sluice.bench..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.arrow.flight..");

  @ArchTest
  static final ArchRule HIVES_TYPES_STAY_IN_THEIR_DOOR =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.sluice.gateway.hive..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.hive..", "org.apache.thrift..");

  @ArchTest
  static final ArchRule AVATICAS_TYPES_STAY_IN_ITS_DOOR =
      noClasses()
          .that()
          .resideOutsideOfPackages("io.sluice.gateway.avatica..", "io.sluice.planner..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.calcite.avatica..");

  @ArchTest
  static final ArchRule DRIVERS_SEE_NOTHING_OF_THE_SERVER =
      noClasses()
          .that()
          .resideInAPackage("io.sluice.jdbc..")
          .should()
          .dependOnClassesThat()
          .resideOutsideOfPackages(
              "io.sluice.jdbc..", "java..", "org.apache.arrow.driver.jdbc..", "org.jspecify..");

  @ArchTest
  static final ArchRule DOORS_DO_NOT_SEE_EACH_OTHER =
      slices()
          .matching("io.sluice.gateway.(flight|avatica|hive|rest)..")
          .should()
          .notDependOnEachOther();

  @ArchTest
  static final ArchRule THREADS_ARE_MADE_IN_THE_WIRING_ALONE =
      noClasses().that().resideOutsideOfPackages(WIRING).should().accessTargetWhere(Ambient.THREAD);

  @ArchTest
  static final ArchRule CLOCKS_AND_THE_ENVIRONMENT_ARE_READ_IN_THE_WIRING_ALONE =
      noClasses()
          .that()
          .resideOutsideOfPackages(WIRING)
          .should()
          .accessTargetWhere(Ambient.CLOCK.or(Ambient.ENVIRONMENT));

  @ArchTest
  static final ArchRule NOTHING_SEES_THE_POLICY_ENGINE_OR_HADOOP =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.apache.ranger..", "org.apache.hadoop..", "io.sluice.policy..", "scala..");

  /** Neither files, networks nor threads: values in, values out. */
  private static ArchRule isPure(String packages) {
    return noClasses()
        .that()
        .resideInAPackage(packages)
        .should()
        .dependOnClassesThat()
        .resideOutsideOfPackages(
            packages,
            "io.sluice.model..",
            "java.util",
            "java.util.function",
            "java.util.stream",
            "java.time",
            "java.lang",
            "java.lang.invoke",
            "java.lang.runtime",
            "org.jspecify..");
  }
}
