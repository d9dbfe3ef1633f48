"""A consent to prescreening as a Consent; in words it is said that it is not the study's (brief, section 3.3)."""

from datetime import date
from zoneinfo import ZoneInfo

from bot.export.fhir.names import BASE, TRANSLATION, Resource, id_of, moment, reference
from bot.export.fhir.patient import patient_id
from bot.leads.hand_off import Consented, HandedLead

NOT_THE_STUDYS = {
    "zh": "仅为初筛的个人信息处理同意，不是本研究的知情同意书。",
    "en": "Privacy consent to prescreening; not the study's informed consent.",
}


def consent(handed: HandedLead, given: Consented, zone: ZoneInfo, kept_until: date | None) -> Resource:
    """One purpose, agreed or declined. Withdrawn: inactive."""
    status = "inactive" if given.withdrawn_at else "active" if given.agreed else "rejected"
    begins = given.at.astimezone(zone).date()
    ends = given.withdrawn_at.astimezone(zone).date() if given.withdrawn_at else kept_until
    period = {"start": begins.isoformat()}
    if ends is not None:
        period["end"] = max(begins, ends).isoformat()
    purpose = given.purpose.removeprefix("consent_")
    return {
        "resourceType": "Consent",
        # Asked again under another version, it is another consent.
        "id": id_of("c", given.run, purpose, f"{given.at:%Y%m%d%H%M%S}"),
        "text": {"status": "generated", "div": _narrative(purpose)},
        "status": status,
        "scope": {
            "coding": [{"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "research"}]
        },
        "category": [
            {"coding": [{"system": "http://loinc.org", "code": "59284-0"}], **_words()},
            {"coding": [{"system": f"{BASE}/CodeSystem/consent-purpose", "code": purpose}]},
        ],
        "patient": reference("Patient", patient_id(handed)),
        "dateTime": moment(given.at),
        "policy": [{"uri": f"{BASE}/notice/{given.version}/{given.language}#sha256-{given.text_hash}"}],
        "provision": {
            "type": "permit" if given.agreed else "deny",
            "period": period,
            "purpose": [
                {"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "HRESCH"},
            ],
        },
    }


def _words() -> Resource:
    translation = {
        "url": TRANSLATION,
        "extension": [
            {"url": "lang", "valueCode": "en"},
            {"url": "content", "valueString": NOT_THE_STUDYS["en"]},
        ],
    }
    return {"text": NOT_THE_STUDYS["zh"], "_text": {"extension": [translation]}}


def _narrative(purpose: str) -> str:
    said = f"<p>{NOT_THE_STUDYS['zh']}</p><p>{NOT_THE_STUDYS['en']}</p><p>{purpose}</p>"
    return f'<div xmlns="http://www.w3.org/1999/xhtml">{said}</div>'
