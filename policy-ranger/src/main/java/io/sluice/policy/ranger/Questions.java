package io.sluice.policy.ranger;

import io.sluice.model.Principal;
import io.sluice.planner.policy.Access;
import java.time.InstantSource;
import java.util.Date;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.ranger.plugin.model.RangerServiceDef;
import org.apache.ranger.plugin.policyengine.RangerAccessRequest;
import org.apache.ranger.plugin.policyengine.RangerAccessRequest.ResourceMatchingScope;
import org.apache.ranger.plugin.policyengine.RangerAccessRequestImpl;
import org.apache.ranger.plugin.policyengine.RangerAccessResourceImpl;
import org.apache.ranger.plugin.policyengine.RangerPolicyEngine;
import org.apache.ranger.plugin.util.RangerAccessRequestUtil;
import org.apache.ranger.plugin.util.RangerUserStore;
import org.jspecify.annotations.Nullable;

/** Puts one principal's questions about one service into Ranger's terms. */
final class Questions {

  /**
   * In lower case, always: with any other spelling Ranger finds filters and masks at first and,
   * once its caches are warm, none.
   */
  static final String SELECT = "select";

  private static final String VISIBILITY = "sluice-visibility";

  private final String user;
  private final Set<String> groups;
  private final String clientAddress;
  private final RangerUserStore userStore;
  private final @Nullable TagLookup tags;
  private final RangerServiceDef definition;
  private final Date time;

  Questions(
      Principal principal,
      String clientAddress,
      RangerUserStore userStore,
      @Nullable TagLookup tags,
      RangerServiceDef definition,
      InstantSource clock) {
    this.user = principal.name();
    this.groups = new HashSet<>(principal.groups());
    this.groups.addAll(userStore.getUserGroupMapping().getOrDefault(user, Set.of()));
    this.clientAddress = clientAddress;
    this.userStore = userStore;
    this.tags = tags;
    this.definition = definition;
    this.time = Date.from(clock.instant());
  }

  /** Whether a request asks what may be seen, where an unknown address is no error. */
  static boolean isAboutVisibility(RangerAccessRequest request) {
    return request.getContext().containsKey(VISIBILITY);
  }

  /** Returns whether the names may be pasted into resource names and expressions. */
  boolean hasPlainNames() {
    return isPlain(user) && groups.stream().allMatch(Questions::isPlain);
  }

  RangerAccessRequestImpl column(String schema, String table, String column) {
    return request(Map.of("database", fold(schema), "table", fold(table), "column", fold(column)));
  }

  RangerAccessRequestImpl table(String schema, String table) {
    return request(Map.of("database", fold(schema), "table", fold(table)));
  }

  RangerAccessRequestImpl anythingBelow(String schema, String table) {
    RangerAccessRequestImpl request = table(schema, table);
    request.setResourceMatchingScope(ResourceMatchingScope.SELF_OR_DESCENDANTS);
    return request;
  }

  /** The same question about another access than reading. */
  static RangerAccessRequestImpl about(Access access, RangerAccessRequestImpl request) {
    request.setAccessType(access.type());
    return request;
  }

  /** A place in storage, whose letters' case counts. */
  RangerAccessRequestImpl url(String url) {
    return request(Map.of("url", url));
  }

  RangerAccessRequestImpl schema(String schema) {
    return request(Map.of("database", fold(schema)));
  }

  /** Any access to a schema or anything in it; to anything at all when there is no schema. */
  RangerAccessRequestImpl visibility(@Nullable String schema) {
    RangerAccessRequestImpl request =
        request(schema == null ? Map.of() : Map.of("database", fold(schema)));
    request.setAccessType(RangerPolicyEngine.ANY_ACCESS);
    request.setResourceMatchingScope(ResourceMatchingScope.SELF_OR_DESCENDANTS);
    request.getContext().put(VISIBILITY, true);
    return request;
  }

  private RangerAccessRequestImpl request(Map<String, Object> elements) {
    RangerAccessResourceImpl resource = new RangerAccessResourceImpl(new HashMap<>(elements));
    resource.setServiceDef(definition);
    RangerAccessRequestImpl request =
        new RangerAccessRequestImpl(resource, SELECT, user, new HashSet<>(groups), null);
    request.setClientIPAddress(clientAddress);
    request.setAccessTime(time);
    RangerAccessRequestUtil.setRequestUserStoreInContext(request.getContext(), userStore);
    if (tags != null) {
      tags.enrich(request);
    }
    return request;
  }

  private static String fold(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  private static boolean isPlain(String name) {
    return PolicyExpression.isPlain(name) && name.chars().noneMatch(c -> "*?{}".indexOf(c) >= 0);
  }
}
