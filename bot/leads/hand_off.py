"""What is handed off of leads (Q-11, R-19): to whom it may go, and the facts that every format is made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.core.answers import Answer
from bot.core.flow import Flow
from bot.core.run import Run
from bot.core.screening import Verdict
from bot.leads.lead import Lead

FORMATS = ("fhir", "redcap")
#: To whom, and what for. A party that the notice does not name is none of these (R-19).
PURPOSES = ("site_edc", "sponsor_named_in_notice", "ethics", "participant_request")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which leads, and whether with name and phone; `study` and `code` "" for all of them.

    `purpose` is one of PURPOSES; by code alone it may be "", where nobody said it.
    """

    study: str = ""
    since: date | None = None
    until: date | None = None
    code: str = ""
    identified: bool = False
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class Consented:
    """One consent to prescreening, or a refusal of it (brief, section 3.3)."""

    run: str
    purpose: str
    agreed: bool
    language: str
    version: str
    text_hash: str
    at: datetime
    withdrawn_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class HandedLead:
    """One lead with the run that counts. Name and phone are empty unless identity was asked for."""

    lead: Lead
    run: Run
    flow: Flow
    #: Empty once the person withdrew: nothing that they said goes on from there.
    answers: Mapping[str, Answer]
    #: Whether an answer replaced an earlier one.
    amended: bool
    authored_at: datetime
    changed_at: datetime
    consents: Sequence[Consented]
    #: Criteria by what is known of them now, coordinators' checks included.
    fails: Sequence[str] = ()
    open: Sequence[str] = ()
    name: str = ""
    phone: str = ""

    @property
    def withdrawn(self) -> bool:
        """Whether the person took back that they may be contacted."""
        return self.lead.status == "withdrawn"

    @property
    def not_match(self) -> bool:
        """Whether the answers rule the person out: that makes nobody a subject of the study."""
        return self.lead.verdict == Verdict.NOT_MATCH.value


@dataclass(frozen=True, slots=True)
class HandOff:
    """Everything that is handed off at once. `flows`: the versions behind the leads, the latest first."""

    made_at: datetime
    zone: ZoneInfo
    leads: Sequence[HandedLead]
    flows: Sequence[Flow]
    identified: bool = False
    demo: bool = False
    #: By study: whether it recruits, and until when leads are kept.
    recruits: Mapping[str, bool] = field(default_factory=dict)
    kept_until: Mapping[str, date | None] = field(default_factory=dict)
