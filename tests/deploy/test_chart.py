"""The Helm chart: what Helm makes of it, and what Kubernetes' own schemas say of that."""

from __future__ import annotations

import re
import subprocess

import pytest
import yaml

from service import __version__
from service.settings import PREFIX, Settings
from tests.programs import program
from tests.serving import ROOT

pytestmark = pytest.mark.deploy

CHART = ROOT / "deploy" / "helm" / "fanin"
TOOLS = str(ROOT / ".venv-deploy" / "bin")

DEFAULT: tuple[str, ...] = ()
EVERYTHING = (
    "keysSecret=keys",
    "image.digest=sha256:" + "0" * 64,
    "ingress.enabled=true",
    "ingress.host=fanin.example.org",
    "ingress.tlsSecret=certificate",
    "networkPolicy.enabled=true",
    "networkPolicy.from[0].podSelector.matchLabels.role=client",
    "serviceMonitor.enabled=true",
    "serviceMonitor.labels.release=prometheus",
    "podAnnotations.team=weights",
    "imagePullSecrets[0].name=registry",
    "nodeSelector.zone=a",
    "tolerations[0].operator=Exists",
    "priorityClassName=high",
    "serviceAccount.name=fanin",
    "settings.MAX_ELEMENTS=34359738368",
    "settings.CORS_ORIGINS=",
)
PLAIN = ("autoscaling.enabled=false", "disruptionBudget.enabled=false")
CASES = [DEFAULT, EVERYTHING, PLAIN]


def _helm(*arguments):
    return subprocess.run([program("helm", TOOLS), *arguments], capture_output=True, text=True, check=False)


def _render(values, release="weights"):
    sets = [word for value in values for word in ("--set-string" if "MAX_ELEMENTS" in value else "--set", value)]
    run = _helm("template", release, str(CHART), *sets)
    assert run.returncode == 0, run.stderr
    return run.stdout


@pytest.fixture
def made():
    """What the chart makes with some values: the objects by their kinds."""

    def make(*values, release="weights"):
        return {item["kind"]: item for item in yaml.safe_load_all(_render(values, release)) if item}

    return make


def _container(objects):
    return objects["Deployment"]["spec"]["template"]["spec"]["containers"][0]


def test_helm_finds_nothing_wrong():
    run = _helm("lint", "--strict", str(CHART))
    assert run.returncode == 0, run.stdout


@pytest.mark.parametrize("values", CASES)
@pytest.mark.parametrize("version", ["1.27", "1.37"])
def test_kubernetes_takes_what_it_makes(tmp_path, values, version):
    # A resource of the Prometheus operator, whose schema is not Kubernetes'.
    objects = [item for item in yaml.safe_load_all(_render(values)) if item and item["kind"] != "ServiceMonitor"]
    (tmp_path / "objects.yaml").write_text(yaml.safe_dump_all(objects))
    command = [program("kubernetes-validate", TOOLS), "--strict", "-k", version, str(tmp_path / "objects.yaml")]

    run = subprocess.run(command, capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stdout
    assert run.stdout.count("INFO") == len(objects)
    assert "WARN" not in run.stdout


def test_all_that_is_asked_for_is_made(made):
    always = {"Deployment", "Service"}
    assert made(*PLAIN).keys() == always
    assert made().keys() == always | {"HorizontalPodAutoscaler", "PodDisruptionBudget"}
    assert made(*EVERYTHING).keys() == made().keys() | {"Ingress", "NetworkPolicy", "ServiceMonitor"}


def test_the_version_is_that_of_the_service():
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    assert {chart["version"], chart["appVersion"]} == {__version__.partition(".dev")[0]}


def test_an_image_is_named_by_its_digest_where_it_is_known(made):
    assert _container(made())["image"] == f"fanin:{__version__.partition('.dev')[0]}"
    assert _container(made(*EVERYTHING))["image"] == "fanin@sha256:" + "0" * 64


def test_what_the_pod_is_told_are_settings(made):
    for values in CASES:
        names = {item["name"] for item in _container(made(*values))["env"]}
        assert names <= {PREFIX + name.upper() for name in Settings.model_fields}


def test_numbers_and_empty_texts_reach_the_pod_as_they_are(made):
    told = {item["name"]: item.get("value") for item in _container(made(*EVERYTHING))["env"]}
    assert (told["FANIN_MAX_ELEMENTS"], told["FANIN_CORS_ORIGINS"]) == ("34359738368", "")


def test_a_pod_ends_after_its_replies(made):
    for values in (DEFAULT, ("shutdownSeconds=500", "drainSeconds=9")):
        spec = made(*values)["Deployment"]["spec"]["template"]["spec"]
        container = spec["containers"][0]
        drain = int(container["lifecycle"]["preStop"]["exec"]["command"][1])
        told = {item["name"]: item["value"] for item in container["env"]}
        assert spec["terminationGracePeriodSeconds"] > drain + int(told["FANIN_SHUTDOWN_SECONDS"])


def test_a_pod_has_no_privileges(made):
    spec = made()["Deployment"]["spec"]["template"]["spec"]
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["automountServiceAccountToken"] is False
    assert spec["enableServiceLinks"] is False
    assert spec["containers"][0]["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }


def test_a_pod_writes_where_the_image_keeps_kernels(made):
    cache = re.search(r"NUMBA_CACHE_DIR=(\S+)", (ROOT / "Dockerfile").read_text())[1]
    assert {mount["mountPath"] for mount in _container(made())["volumeMounts"]} == {"/tmp", cache}


def test_keys_are_a_folder_so_that_new_ones_are_seen(made):
    objects = made(*EVERYTHING)
    told = {item["name"]: item.get("value") for item in _container(objects)["env"]}
    mount = next(item for item in _container(objects)["volumeMounts"] if item["name"] == "keys")
    assert told["FANIN_API_KEYS_FILE"] == f"{mount['mountPath']}/keys"
    assert "subPath" not in mount


@pytest.mark.parametrize(
    ("release", "name"), [("weights", "weights-fanin"), ("fanin", "fanin"), ("x" * 53, "x" * 53 + "-fanin")]
)
def test_objects_are_named_after_the_release(made, release, name):
    objects = made(release=release)
    assert {item["metadata"]["name"] for item in objects.values()} == {name}
    selector = objects["Service"]["spec"]["selector"]
    assert selector.items() <= objects["Deployment"]["spec"]["template"]["metadata"]["labels"].items()


def test_an_ingress_without_a_host_is_refused():
    run = _helm("template", "weights", str(CHART), "--set", "ingress.enabled=true")
    assert run.returncode
    assert "ingress.host must be set" in run.stderr
