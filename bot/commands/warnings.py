"""What keeps a live bot from doing its work, though it runs: said once when it starts."""

from collections.abc import Iterator

from bot.bootstrap import App, read_script
from bot.commands.troubles import sentence
from bot.core.text import fill
from bot.i18n import N_, Translator
from bot.leads.site import STATUS_HOLDS
from bot.script.library import script_files
from bot.store.database import Trouble


def of(parts: App, tr: Translator) -> Iterator[str]:
    """All of them; none in the demonstration, which shows everything it has."""
    if not parts.shelf.demo:
        yield from _no_scripts(parts, tr)
        yield from _not_open(parts, tr)
        yield from _broken(parts, tr)
        yield from _other_words(parts, tr)


def _no_scripts(parts: App, tr: Translator) -> Iterator[str]:
    """What is wrong with the flows folder. What was published is in the database and runs on."""
    folder = parts.settings.flows
    if not folder.is_dir():
        words = tr(
            N_(
                "The folder of flow scripts does not exist: {folder}. What is published goes on; to submit another version set PRESCREEN_FLOWS_DIR."
            )
        )
        yield fill(words, {"folder": str(folder)})
    broken = tr(
        N_("{file} is broken and cannot be submitted; what is published goes on. See: prescreen check {file}")
    )
    for path in script_files(folder):
        try:
            usable = read_script(path).flow is not None
        except Trouble as trouble:
            yield sentence(trouble.reason, trouble.detail, tr)
        else:
            if not usable:
                yield fill(broken, {"file": str(path)})


def _not_open(parts: App, tr: Translator) -> Iterator[str]:
    """Why people will hear that a study is not open (C2)."""
    today = parts.clock().astimezone(parts.settings.zone).date()
    offer = parts.database.run_now(lambda records: parts.shelf.offer(records, today))
    if not offer.flows:
        yield tr(
            N_(
                "No approved flow is published, so people hear that the study is not open. See: prescreen flows --help"
            )
        )
    for study, site in offer.sites.items():
        if site.missing:
            words = tr(
                N_(
                    "{study}: site facts are missing, so the study is not open: {names}. Set them: prescreen site {study} set NAME VALUE"
                )
            )
            yield fill(words, {"study": study, "names": ", ".join(site.missing)})
        if site.stopped:
            words = tr(N_("{study}: recruiting is set to no, so people hear that it is not recruiting."))
            yield fill(words, {"study": study})
        elif not site.missing and study not in offer.recruiting:
            words = tr(
                N_(
                    "{study}: recruiting is not confirmed (a confirmation holds {days} days), so people hear that it is not recruiting. Set recruiting=yes and status_checked_on to today's date."
                )
            )
            yield fill(words, {"study": study, "days": str(STATUS_HOLDS.days)})


def _broken(parts: App, tr: Translator) -> Iterator[str]:
    """A newer checker may find errors in what is published."""
    words = tr(
        N_(
            "{study}: the checker finds errors in the published version {version} that it did not know when that was kept, so it cannot be published again. Mend them in a draft, and publish that."
        )
    )
    for line in parts.publishing.list():
        if line.published and parts.publishing.is_broken(line.hash):
            yield fill(words, {"study": line.study, "version": line.hash[:12]})


def _other_words(parts: App, tr: Translator) -> Iterator[str]:
    """An approval holds for the interface words it was given for, too."""
    words = tr(
        N_(
            "{study}: participants read other interface words (buttons, prompts, commands) now than when version {version} was approved. Let the ethics committee see them, then approve it again: prescreen flows approve {version}"
        )
    )
    for line in parts.publishing.list():
        if line.published and line.words_changed:
            yield fill(words, {"study": line.study, "version": line.hash[:12]})
