package io.sluice.policy.ranger;

import static java.util.Objects.requireNonNull;

import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import io.sluice.planner.policy.Access;
import io.sluice.planner.policy.AccessRequest;
import io.sluice.planner.policy.LocationRequest;
import io.sluice.planner.policy.TableDecision;
import io.sluice.planner.policy.TableDecision.ColumnMask;
import io.sluice.planner.policy.TableDecision.RowFilter;
import io.sluice.planner.policy.TableRequest;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.ranger.plugin.model.RangerPolicy;
import org.apache.ranger.plugin.policyengine.RangerAccessRequest;
import org.apache.ranger.plugin.policyengine.RangerAccessRequestImpl;
import org.apache.ranger.plugin.policyengine.RangerAccessResult;
import org.apache.ranger.plugin.policyengine.RangerAccessResultProcessor;
import org.jspecify.annotations.Nullable;

/**
 * One service's set, taken by the engine. It never changes; a reload makes another. Whatever the
 * engine leaves open (null, an exception, two answers) is thrown, never passed.
 */
final class AppliedPolicies {

  /** A name that no column has, by which policies for all columns of a table are found. */
  private static final String ANY_COLUMN = "\u0001any";

  private static final @Nullable RangerAccessResultProcessor NO_AUDIT = null;

  private final PolicySet set;
  private final ServiceEngine engine;
  private final @Nullable TagLookup tags;
  private final OneWinner oneWinner;
  private final RestrictingPolicies restricting;
  private final DecisionMemory decisions = new DecisionMemory();
  private final InstantSource clock;

  private AppliedPolicies(
      PolicySet set, ServiceEngine engine, @Nullable TagLookup tags, InstantSource clock) {
    this.set = set;
    this.engine = engine;
    this.tags = tags;
    this.oneWinner = new OneWinner(engine.internals(), set.tagPolicyIds());
    this.restricting = RestrictingPolicies.of(set);
    this.clock = clock;
  }

  static AppliedPolicies of(PolicySet set, InstantSource clock) throws InvalidPolicies {
    ServiceEngine engine = ServiceEngine.of(set);
    TagLookup tags =
        set.tags() == null || set.tags().getServiceResources().isEmpty()
            ? null
            : TagLookup.of(set.tags(), engine.getServiceDef(), engine.getPluginContext());
    return new AppliedPolicies(set, engine, tags, clock);
  }

  /** Returns what the set is known by. */
  String hash() {
    return set.hash();
  }

  /** Returns whether time, address or a script may have a say, so that no answer may be kept. */
  boolean isConditional() {
    return set.conditional();
  }

  /** Decides reading a table. What nothing but the set decides is decided once. */
  TableDecision decide(TableRequest request) {
    return set.conditional()
        ? decideAnew(request)
        : decisions.get(
            new DecisionMemory.Question(request.principal(), request.table(), request.columns()),
            () -> decideAnew(request));
  }

  private TableDecision decideAnew(TableRequest request) {
    String version = set.hash();
    Questions questions = questions(request.principal(), request.clientAddress());
    String schema = request.table().schema();
    String table = request.table().table();
    if (isUnspeakable(schema) || isUnspeakable(table)) {
      return TableDecision.denied(version);
    }
    if (request.columns().isEmpty()) {
      return isGrantedOnSomeColumn(questions, schema, table)
          ? new TableDecision(true, List.of(), Optional.empty(), Map.of(), version)
          : TableDecision.denied(version);
    }
    List<String> denied = new ArrayList<>();
    for (String column : request.columns()) {
      if (isUnspeakable(column)
          || !access(questions.column(schema, table, column)).getIsAllowed()) {
        denied.add(column);
      }
    }
    if (denied.size() == request.columns().size()) {
      return TableDecision.denied(version);
    }
    Map<String, ColumnMask> masks = new LinkedHashMap<>();
    for (String column : request.columns()) {
      if (!denied.contains(column)) {
        mask(questions.column(schema, table, column)).ifPresent(mask -> masks.put(column, mask));
      }
    }
    return new TableDecision(
        true, denied, rowFilter(questions.table(schema, table)), masks, version);
  }

  /** Returns which policy grants or denies reading, by column. */
  Map<String, String> decidingPolicies(TableRequest request) {
    Questions questions = questions(request.principal(), request.clientAddress());
    String schema = request.table().schema();
    String table = request.table().table();
    Map<String, String> policies = new LinkedHashMap<>();
    if (isUnspeakable(schema) || isUnspeakable(table)) {
      return policies;
    }
    for (String column : request.columns()) {
      if (!isUnspeakable(column)) {
        policyOf(access(questions.column(schema, table, column)))
            .ifPresent(policy -> policies.put(column, policy));
      }
    }
    return policies;
  }

  /** Returns which policy grants or denies an access other than reading. */
  Optional<String> decidingPolicy(AccessRequest request) {
    return deciding(request).flatMap(AppliedPolicies::policyOf);
  }

  private static Optional<String> policyOf(RangerAccessResult result) {
    return result.getPolicyId() < 0 ? Optional.empty() : Optional.of(policyId(result));
  }

  /** Decides an access other than reading. */
  boolean permits(AccessRequest request) {
    return deciding(request).filter(RangerAccessResult::getIsAllowed).isPresent();
  }

  /**
   * Returns the answer that decides about an access; none for a name that means no object. Ranger
   * passes over a policy above what is asked for, so each level is asked: a denial on any of them
   * holds.
   */
  private Optional<RangerAccessResult> deciding(AccessRequest request) {
    Access access = request.access();
    if (!ServiceDefinitions.hiveNames().accessTypes().contains(access.type())) {
      throw new IllegalStateException("no access type " + access.type());
    }
    String schema = request.schema();
    if (isUnspeakable(schema)
        || request.table().filter(AppliedPolicies::isUnspeakable).isPresent()
        || request.columns().stream().anyMatch(AppliedPolicies::isUnspeakable)) {
      return Optional.empty();
    }
    Questions questions = questions(request.principal(), request.clientAddress());
    RangerAccessResult onSchema = access(Questions.about(access, questions.schema(schema)));
    if (request.table().isEmpty() || isDenied(onSchema)) {
      return Optional.of(onSchema);
    }
    String table = request.table().get();
    RangerAccessResult onTable = access(Questions.about(access, questions.table(schema, table)));
    RangerAccessResult granting =
        !onTable.getIsAllowed() && !isDenied(onTable) && access == Access.CREATE
            ? onSchema
            : onTable;
    if (!granting.getIsAllowed()) {
      return Optional.of(granting);
    }
    for (String column : request.columns()) {
      RangerAccessResult onColumn =
          access(Questions.about(access, questions.column(schema, table, column)));
      if (isDenied(onColumn)) {
        return Optional.of(onColumn);
      }
    }
    return Optional.of(granting);
  }

  /** Decides reading and writing a place; a denial holds in whichever spelling it is written. */
  boolean permits(LocationRequest request) {
    return deciding(request).filter(RangerAccessResult::getIsAllowed).isPresent();
  }

  /** Returns which policy grants or denies a place. */
  Optional<String> decidingPolicy(LocationRequest request) {
    return deciding(request).flatMap(AppliedPolicies::policyOf);
  }

  /** Returns the answer that denies a place, or else one that grants it; none where neither is. */
  private Optional<RangerAccessResult> deciding(LocationRequest request) {
    Questions questions = questions(request.principal(), request.clientAddress());
    Optional<RangerAccessResult> granting = Optional.empty();
    for (String type : List.of("read", "write")) {
      granting = Optional.empty();
      for (String url : request.spellings()) {
        RangerAccessRequestImpl question = questions.url(url);
        question.setAccessType(type);
        RangerAccessResult result = access(question);
        if (isUnspeakable(url)) {
          return Optional.empty();
        }
        if (isDenied(result)) {
          return Optional.of(result);
        }
        if (result.getIsAllowed()) {
          granting = Optional.of(result);
        }
      }
      if (granting.isEmpty()) {
        return Optional.empty();
      }
    }
    return granting;
  }

  /** Returns what the policies hide of tables, whoever asks. */
  RestrictingPolicies restricting() {
    return restricting;
  }

  /** Returns whether the answer is no because a policy says so, not for want of one. */
  private static boolean isDenied(RangerAccessResult result) {
    return !result.getIsAllowed() && result.getPolicyId() >= 0;
  }

  /** Returns whether any access to the schema, or anywhere when it is null, is allowed. */
  boolean maySee(Principal principal, @Nullable String schema) {
    if (schema != null && isUnspeakable(schema)) {
      return false;
    }
    return access(questions(principal, "").visibility(schema)).getIsAllowed();
  }

  /**
   * Answers for a table without columns, so that it is refused or missing exactly as a table with
   * columns would be refused or not: a policy that denies all columns counts, one that denies a
   * named column does not.
   */
  private boolean isGrantedOnSomeColumn(Questions questions, String schema, String table) {
    RangerAccessResult any = access(questions.column(schema, table, ANY_COLUMN));
    if (any.getIsAllowed()) {
      return true;
    }
    return !isDenied(any) && access(questions.anythingBelow(schema, table)).getIsAllowed();
  }

  private Questions questions(Principal principal, String clientAddress) {
    Questions questions =
        new Questions(
            principal, clientAddress, set.userStore(), tags, engine.getServiceDef(), clock);
    if (set.pastesNames() && !questions.hasPlainNames()) {
      throw new SluiceException(
          ErrorCode.POLICY_INVALID,
          "The policies need the names of the user and the user's groups without quotes, wildcards,"
              + " braces, dollars, backslashes and control characters.");
    }
    return questions;
  }

  private RangerAccessResult access(RangerAccessRequestImpl request) {
    return requireAnswer(engine.isAccessAllowed(request, NO_AUDIT));
  }

  private Optional<RowFilter> rowFilter(RangerAccessRequestImpl request) {
    RangerAccessResult result = requireAnswer(engine.evalRowFilterPolicies(request, NO_AUDIT));
    oneWinner.require(
        request,
        result,
        RangerPolicy.POLICY_TYPE_ROWFILTER,
        filter -> String.valueOf(filter.getFilterExpr()));
    if (result.getPolicyId() < 0 && result.getFilterExpr() == null) {
      return Optional.empty();
    }
    return Optional.of(
        new RowFilter(expression(request, result.getFilterExpr()), policyId(result)));
  }

  private Optional<ColumnMask> mask(RangerAccessRequestImpl request) {
    RangerAccessResult result = requireAnswer(engine.evalDataMaskPolicies(request, NO_AUDIT));
    oneWinner.require(
        request,
        result,
        RangerPolicy.POLICY_TYPE_DATAMASK,
        mask -> mask.getMaskType() + " " + mask.getMaskedValue());
    String type = result.getMaskType();
    if (result.getPolicyId() < 0 && type == null) {
      return Optional.empty();
    }
    if (type == null || !ServiceDefinitions.hiveNames().maskTypes().contains(type)) {
      throw new IllegalStateException("the engine answered with an unknown mask type");
    }
    if (type.equals(RangerPolicy.MASK_TYPE_NONE)) {
      return Optional.empty();
    }
    Optional<String> expression =
        type.equals(RangerPolicy.MASK_TYPE_CUSTOM)
            ? Optional.of(expression(request, result.getMaskedValue()))
            : Optional.empty();
    return Optional.of(new ColumnMask(type, expression, policyId(result)));
  }

  private String expression(RangerAccessRequest request, @Nullable String standIn) {
    PolicyExpression expression = standIn == null ? null : set.expressions().get(standIn);
    return requireNonNull(expression, "the engine answered with an unknown expression")
        .render(script -> ScriptRun.value(request, script));
  }

  private static String policyId(RangerAccessResult result) {
    return String.valueOf(result.getPolicyId());
  }

  private static RangerAccessResult requireAnswer(@Nullable RangerAccessResult result) {
    return requireNonNull(result, "the engine gave no answer");
  }

  /** A name that means "all" to the engine, or nothing. */
  private static boolean isUnspeakable(String name) {
    return name.isBlank() || name.equals("*");
  }
}
