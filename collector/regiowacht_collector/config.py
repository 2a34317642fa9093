"""The engine's configuration file, ``prometheus.yml``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_collector.scopes import only_the_collectors, only_this_gemeente, scope_relabelling
from regiowacht_collector.targets import PAGE, device_groups, poller_groups, trusts
from regiowacht_collector.trust import Trust
from regiowacht_collector.yaml_text import to_yaml
from regiowacht_contract.catalogue import family
from regiowacht_contract.defaults import (
    ASSETS_PATH,
    ASSETS_SERIES_MAX,
    DEVICES_PATH,
    DEVICES_SERIES_MAX,
    DEVICES_SIZE_MAX_BYTES,
    LABEL_NAME_MAX,
    LABEL_VALUE_MAX_BYTES,
    METRICS_SERIES_MAX,
)
from regiowacht_contract.labels import OVERIG, REGIO_GEMEENTE, scope

if TYPE_CHECKING:
    from regiowacht_collector.options import Options
    from regiowacht_inventory import Region

OWN_INSTANCE, ENGINE_INSTANCE = "collector", "engine"

LIMITS: dict[str, object] = {
    # What one target may send before the whole scrape is refused: a mistake there must not fill the storage here.
    "sample_limit": METRICS_SERIES_MAX,
    "label_limit": 40,
    "label_name_length_limit": LABEL_NAME_MAX,
    "label_value_length_limit": LABEL_VALUE_MAX_BYTES,
    "body_size_limit": "32MB",
}
DEVICES_TIMEOUT_S = 30
"""Seconds that a page of devices may take over a slow line; it is large, and seldom asked for."""

CARRIED_SAMPLES = 50_000
"""What one page of carried series may hold: a whole region's, where a target holds one machine's."""


def config_file(region: Region, options: Options) -> bytes:
    """Return ``prometheus.yml``; paths in it are relative to its own folder.

    See "Configuration" in Prometheus' documentation; what is written holds for 2.39 and for 3.x.
    """
    interval = options.scrape_interval_s
    return to_yaml(
        {
            "global": {
                "scrape_interval": f"{interval}s",
                "scrape_timeout": f"{min(10, interval)}s",
                "evaluation_interval": f"{options.rule_interval_s}s",
            },
            "storage": {"tsdb": {"out_of_order_time_window": f"{options.out_of_order_days}d"}},
            "rule_files": ["rules/*.yml"],
            **_alerting(options),
            "scrape_configs": [
                _own_job(options),
                *_node_jobs(region, options),
                *_assets_jobs(region, options),
                *_devices_jobs(region, options),
                *_carried_job(options),
                _engine_job(options),
            ],
        }
    )


def _alerting(options: Options) -> dict[str, object]:
    """Return whom alerts are told; one that does not answer is told again at the next evaluation."""
    if not options.managers:
        return {}
    managers = {"timeout": "5s", "static_configs": [{"targets": list(options.managers)}]}
    return {"alerting": {"alertmanagers": [managers]}}


def _own_job(options: Options) -> dict[str, object]:
    """Return the job that reads the info series; their labels are final, so they are kept as they are."""
    labels = {"gemeente": REGIO_GEMEENTE, "scope": scope(REGIO_GEMEENTE, OVERIG), "instance": OWN_INSTANCE}
    of_a_gemeente = "regiowacht_(?:gemeente|traject)_.*"
    return {
        "job_name": "regiowacht",
        "honor_labels": True,
        "static_configs": [{"targets": [f"127.0.0.1:{options.exporter_port}"], "labels": labels}],
        "metric_relabel_configs": [
            {"source_labels": ["__name__"], "regex": of_a_gemeente, "target_label": label, "replacement": ""}
            for label in ("instance", "job")
        ],
    }


def _engine_job(options: Options) -> dict[str, object]:
    """Return the job that asks the engine how it fares itself; of its many series those of the catalogue are kept."""
    labels = {"gemeente": REGIO_GEMEENTE, "scope": scope(REGIO_GEMEENTE, OVERIG), "instance": ENGINE_INSTANCE}
    kept = "|".join(sorted(metric.name for metric in family("engine")))
    return {
        "job_name": "engine",
        "static_configs": [
            {"targets": [f"127.0.0.1:{options.engine_port}"], "labels": {**labels, "job": "regiowacht"}}
        ],
        "metric_relabel_configs": [{"source_labels": ["__name__"], "regex": kept, "action": "keep"}],
    }


def _node_jobs(region: Region, options: Options) -> list[dict[str, object]]:
    """Return a job for the targets without TLS and those that the system trusts, and one for each other trust.

    In Prometheus an authority is a job's, not a target's; all jobs read the same files and keep what is theirs.
    """
    others = trusts(region, options)
    return [_node_job(trust, is_alone=not others) for trust in (Trust(), *others)]


def _node_job(trust: Trust, *, is_alone: bool) -> dict[str, object]:
    return {
        "job_name": trust.job("node"),
        "file_sd_configs": [{"files": ["targets/*.json"], "refresh_interval": "30s"}],
        **trust.tls_config,
        **({} if is_alone else {"relabel_configs": [trust.only_its_targets()]}),
        "metric_relabel_configs": scope_relabelling(),
        **LIMITS,
    }


def _assets_jobs(region: Region, options: Options) -> list[dict[str, object]]:
    """Return a job for each gemeente whose agents ask others: links, services, servers without an agent.

    Those pages carry final labels, ``up`` included. What an agent may say is bound by what stands here, not by what it
    sends: the gemeente is written over, and series of a site that is not the gemeente's, or of a job that an agent
    measures by itself, are dropped.
    """
    jobs: list[dict[str, object]] = []
    for gemeente in region.gemeenten:
        for trust, groups in poller_groups(region, gemeente.gemeente, options).items():
            jobs.append(
                {
                    "job_name": trust.job(f"assets of {gemeente.gemeente}"),
                    "metrics_path": ASSETS_PATH,
                    "honor_labels": True,
                    "static_configs": groups,
                    **trust.tls_config,
                    "metric_relabel_configs": [
                        only_the_collectors(),
                        *only_this_gemeente(gemeente.gemeente, sorted(gemeente.sites)),
                    ],
                    **LIMITS,
                    "sample_limit": ASSETS_SERIES_MAX,
                }
            )
    return jobs


def _devices_jobs(region: Region, options: Options) -> list[dict[str, object]]:
    """Return a job for each gemeente whose agents ask devices over SNMP, as often as those are asked.

    What such a page may say is bound as for ``_assets_jobs``. The page of a standby is empty as long as it need not
    ask; while it does, its series are those that the poller's page had.
    """
    interval_s = options.devices_interval_s or region.snmp.interval_s
    return [
        {
            "job_name": trust.job(f"devices of {gemeente.gemeente}"),
            "metrics_path": DEVICES_PATH,
            "scrape_interval": f"{interval_s}s",
            "scrape_timeout": f"{min(DEVICES_TIMEOUT_S, interval_s)}s",
            "honor_labels": True,
            "static_configs": groups,
            **trust.tls_config,
            "metric_relabel_configs": [
                only_the_collectors(),
                *only_this_gemeente(gemeente.gemeente, sorted(gemeente.sites)),
                {"regex": PAGE, "action": "labeldrop"},
            ],
            **LIMITS,
            "sample_limit": DEVICES_SERIES_MAX,
            "body_size_limit": f"{DEVICES_SIZE_MAX_BYTES // 10**6}MB",
        }
        for gemeente in region.gemeenten
        for trust, groups in device_groups(region, gemeente.gemeente, options).items()
    ]


def _carried_job(options: Options) -> list[dict[str, object]]:
    """Return the job that reads pages of series with final labels; none where there are no such pages."""
    if not options.carried:
        return []
    labels = {"gemeente": REGIO_GEMEENTE, "scope": scope(REGIO_GEMEENTE, OVERIG)}
    return [
        {
            "job_name": "carried",
            "honor_labels": True,
            "static_configs": [{"targets": list(options.carried), "labels": labels}],
            "metric_relabel_configs": [only_the_collectors()],
            **LIMITS,
            "sample_limit": CARRIED_SAMPLES,
        }
    ]
