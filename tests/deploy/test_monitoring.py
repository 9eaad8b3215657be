"""The dashboard and the alerts: what they ask for is there, and Prometheus understands it."""

import json
import re
import subprocess

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from tests.programs import program
from tests.serving import ROOT

DASHBOARD = json.loads((ROOT / "deploy" / "grafana" / "fanin.json").read_text())
ALERTS = ROOT / "deploy" / "prometheus" / "alerts.yml"

PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
RULES = [rule for group in yaml.safe_load(ALERTS.read_text())["groups"] for rule in group["rules"]]
EXPRESSIONS = [target["expr"] for panel in PANELS for target in panel["targets"]] + [rule["expr"] for rule in RULES]

OF_PROMETHEUS = {"instance", "job", "le"}
"""Labels that a service does not tell."""

SAMPLES = """
rule_files: [alerts.yml]
evaluation_interval: 1m
tests:
  - interval: 1m
    input_series:
      - {series: 'fanin_http_requests_total{instance="quiet", status="200"}', values: "0+600x60"}
      - {series: 'fanin_http_requests_total{instance="quiet", status="503"}', values: "0+6x60"}
      - {series: 'fanin_http_requests_total{instance="busy", status="200"}', values: "0+600x60"}
      - {series: 'fanin_http_requests_total{instance="busy", status="503"}', values: "0+300x60"}
      - {series: 'fanin_http_requests_total{instance="busy", status="429"}', values: "0+300x60"}
    alert_rule_test:
      - eval_time: 5m
        alertname: FaninOverloaded
      - eval_time: 30m
        alertname: FaninOverloaded
        exp_alerts:
          - exp_labels: {severity: warning, instance: busy}
            exp_annotations:
              summary: busy refuses 50% of its requests for want of room
              description: Add a replica, or raise FANIN_MAX_BYTES_IN_FLIGHT where there is memory.
"""


@pytest.fixture(scope="module")
def told(client):
    """The labels of each sample that `/metrics` has."""
    families = text_string_to_metric_families(client.get("/metrics").text)
    labels: dict[str, set[str]] = {}
    for sample in (sample for family in families for sample in family.samples):
        labels.setdefault(sample.name, set()).update(sample.labels)
    return labels


def _promtool(folder, *arguments):
    done = subprocess.run(
        [program("promtool"), *arguments], cwd=folder, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_dashboard_has_what_grafana_wants_of_one():
    assert {"uid", "title", "schemaVersion", "panels", "templating", "time"} <= DASHBOARD.keys()
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
    assert all(panel["title"] and panel["targets"] for panel in PANELS)


def test_its_panels_stand_beside_each_other():
    cells = [
        (x, y)
        for grid in (panel["gridPos"] for panel in DASHBOARD["panels"])
        for x in range(grid["x"], grid["x"] + grid["w"])
        for y in range(grid["y"], grid["y"] + grid["h"])
    ]
    assert len(set(cells)) == len(cells)
    assert max(x for x, _ in cells) < 24


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_every_metric_that_is_asked_for_is_told_with_its_labels(told, expression):
    names = set(re.findall(r"\bfanin_\w+", expression))
    assert names or expression == 'up{job="fanin"} == 0'
    assert names <= told.keys()

    known = set().union(*(told[name] for name in names)) | OF_PROMETHEUS
    assert set(re.findall(r"(\w+)=~?\"", expression)) <= known
    for group in re.findall(r"(?:by|group_left) \(([^)]*)\)", expression):
        assert set(group.split(", ")) <= known


def test_every_metric_is_shown(told):
    shown = {name for expression in EXPRESSIONS for name in re.findall(r"\bfanin_\w+", expression)}
    families = {re.sub(r"_(bucket|count|sum)$", "", name) for name in told if name.startswith("fanin_")}

    assert families == {re.sub(r"_bucket$", "", name) for name in shown}


def test_prometheus_understands_the_alerts():
    _promtool(ALERTS.parent, "check", "rules", ALERTS.name)


def test_prometheus_understands_the_dashboard(tmp_path):
    plain = [expression.replace("$__rate_interval", "5m").replace("$instance", ".*") for expression in EXPRESSIONS]
    assert not any("$" in expression for expression in plain)
    rules = [{"record": f"panel:{number}", "expr": expression} for number, expression in enumerate(plain)]
    (tmp_path / "rules.yml").write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": rules}]}))

    _promtool(tmp_path, "check", "rules", "rules.yml")


def test_an_alert_is_given_where_half_of_the_requests_are_refused_and_not_where_one_in_a_hundred_is(tmp_path):
    (tmp_path / "alerts.yml").write_text(ALERTS.read_text())
    (tmp_path / "samples.yml").write_text(SAMPLES)

    _promtool(tmp_path, "test", "rules", "samples.yml")


def test_prometheus_has_nothing_to_say_against_the_metrics(client):
    done = subprocess.run(
        [program("promtool"), "check", "metrics"],
        input=client.get("/metrics").text, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
