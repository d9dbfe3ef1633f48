"""What the queue is narrowed to, as an address or a form says it."""

from collections.abc import Mapping

from bot.service.views import StaffMember, Wanted

#: What the queue's address can say.
FILTERS = ("study", "language", "verdict", "status", "criterion", "who", "late", "unread")


def wanted_of(query: Mapping[str, str], member: StaffMember) -> Wanted:
    """The filter that an address asks for."""
    who = query.get("who", "")
    return Wanted(
        **{
            name: query.get(name, "")[:64] for name in ("study", "language", "verdict", "status", "criterion")
        },
        who=member.id if who == "me" else "" if who in ("", "nobody") else who[:64],
        free=who == "nobody",
        late=bool(query.get("late")),
        unread=bool(query.get("unread")),
    )
