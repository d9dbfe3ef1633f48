"""The study as a ResearchStudy."""

from collections.abc import Sequence

from bot.core.flow import Flow
from bot.export.fhir.criteria import criteria_id
from bot.export.fhir.names import BASE, Resource, first_language, id_of, reference, worded

REGISTRY = "https://clinicaltrials.gov"


def study_id(flow: Flow) -> str:
    """One for each study, whatever the version."""
    return id_of(flow.id)


def research_study(flows: Sequence[Flow], recruits: bool) -> Resource:
    """From the versions of one study, the latest first; each has its criteria."""
    flow = flows[0]
    numbers = [{"system": f"{BASE}/protocol", "value": flow.study.protocol}]
    if flow.study.registry:
        known = flow.study.registry.startswith("NCT")
        system = REGISTRY if known else f"{BASE}/registry"
        numbers.insert(0, {"system": system, "value": flow.study.registry})
    return {
        "resourceType": "ResearchStudy",
        "id": study_id(flow),
        "language": first_language(flow),
        "identifier": numbers,
        **worded("title", flow.study.name, flow),
        "status": "active" if recruits else "closed-to-accrual",
        "enrollment": [reference("Group", criteria_id(each)) for each in flows],
        "site": [worded("display", flow.study.site, flow)],
    }
