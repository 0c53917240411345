"""What Prometheus' own parsers make of /metrics, in both formats: metrics.py HTTP_PORT"""

import sys
import urllib.error
import urllib.request
from base64 import b64encode

from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_metrics
from prometheus_client.parser import text_string_to_metric_families as text

ADDRESS = f"http://127.0.0.1:{sys.argv[1]}/metrics"


def get(user, accept):
    login = b64encode(f"{user}:{user}".encode()).decode()
    request = urllib.request.Request(ADDRESS, headers={"Authorization": f"Basic {login}", "Accept": accept})
    with urllib.request.urlopen(request) as answer:
        return answer.headers["content-type"], answer.read().decode()


def samples(families):
    return {(sample.name, tuple(sorted(sample.labels.items()))) for family in families for sample in family.samples}


kind, body = get("admin", "text/plain")
assert kind.startswith("text/plain; version=0.0.4"), kind
plain = samples(text(body))
kind, body = get("admin", "application/openmetrics-text;version=1.0.0;q=0.75,text/plain;q=0.5")
assert kind.startswith("application/openmetrics-text; version=1.0.0"), kind
strict = samples(open_metrics(body))
for name in ("sluice_statements_total", "sluice_statement_seconds_bucket", "sluice_policy_info", "jvm_threads_current"):
    for found in (plain, strict):
        assert any(name == sample for sample, _ in found), name
try:
    get("analyst", "text/plain")
    sys.exit("the analyst reads the metrics")
except urllib.error.HTTPError as refused:
    assert refused.code == 403, refused.code
print(f"metrics: {len(strict)} series")
