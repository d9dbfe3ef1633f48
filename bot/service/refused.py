"""That something is not possible, or not for whoever asks; and who asks where nobody is named."""

from dataclasses import dataclass

#: Who does what names nobody: whoever has the keys to the machine.
COMMAND = "command"


@dataclass(eq=False)
class Refused(Exception):
    """It is not done; `reason` names the sentence that says why."""

    reason: str
    detail: str = ""
    #: Who it is refused to, where it is refused for who they are: that stands in the trail.
    who: str = ""
