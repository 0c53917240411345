package io.sluice.gateway.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/**
 * A rule that must fail, run as Surefire runs the real ones: if it passed, they would not be
 * running.
 */
class ArchitectureCanaryTest {

  @Test
  void theEngineRunsRulesThatAreFieldsAndTellsOfTheirFailure() {
    SummaryGeneratingListener summary = new SummaryGeneratingListener();
    LauncherFactory.create()
        .execute(
            LauncherDiscoveryRequestBuilder.request()
                .selectors(DiscoverySelectors.selectClass(Canary.class))
                .build(),
            summary);
    assertThat(summary.getSummary().getTestsFailedCount()).isEqualTo(1);
    assertThat(summary.getSummary().getFailures().get(0).getException())
        .hasMessageContaining("Architecture Violation");
  }

  /** Not found by Surefire, which skips nested classes. */
  @AnalyzeClasses(
      packages = "io.sluice.gateway.session",
      importOptions = ImportOption.DoNotIncludeTests.class)
  static class Canary {

    @ArchTest
    static final ArchRule SESSIONS_KNOW_NO_MODEL =
        noClasses().should().dependOnClassesThat().resideInAPackage("io.sluice.model..");
  }
}
