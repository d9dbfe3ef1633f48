"""What can be wrong, in a sentence each that says what to do."""

from pydantic_core import ErrorDetails

from bot.core.text import fill
from bot.i18n import N_, Translator

TROUBLES = {
    "bad_database_url": N_("PRESCREEN_DATABASE_URL is not an address such as postgresql://user:password@host/name."),
    "unreachable_database": N_("The database cannot be reached: {detail}. Check PRESCREEN_DATABASE_URL and that the server runs."),
    "damaged_database": N_("The file {detail} is damaged, or it is not a database of this program. Put a backup of it back, or choose another PRESCREEN_DATA_DIR."),
    "unusable_database": N_("The database cannot be used: {detail}. See that its folder can be written and the disk is not full, or choose another PRESCREEN_DATA_DIR."),
    "unusable_folder": N_("The data directory cannot be used: {detail}. Choose another with PRESCREEN_DATA_DIR: a folder that can be made and written."),
    "no_folder": N_("PRESCREEN_DATABASE_URL names a folder that does not exist: {detail}. Correct the address, or make the folder first."),
    "newer_database": N_("The database belongs to a newer version of this program ({detail}). Install that version, or restore a backup made before the upgrade."),
    "wrong_key": N_("The key does not fit this database. Put back the key it was made with (PRESCREEN_KEY or PRESCREEN_KEY_FILE)."),
    "unreadable_key": N_("The key in {detail} cannot be read. It must be lines of name:base64 with 32 bytes each, one of them named lookup."),
    "missing_key": N_("There is no key for this database ({detail}). Set PRESCREEN_KEY or PRESCREEN_KEY_FILE; without its key a database cannot be read."),
    "port_taken": N_("{detail} cannot be used: another program listens there, or the address is not this machine's. Choose another with PRESCREEN_LISTEN (demo: --port)."),
    "already_serving": N_("Another process serves this database already ({detail}). Stop it first, or use another database (PRESCREEN_DATA_DIR, PRESCREEN_DATABASE_URL)."),
    "other_mode": N_("This database was made in {detail} mode and is not opened in another. Set PRESCREEN_MODE, or use another PRESCREEN_DATA_DIR."),
    "no_flows": N_("There is no flow script in {detail}. Set PRESCREEN_FLOWS_DIR to the folder that holds them."),
    "no_such_flow": N_("There is no flow script {detail}. Name its folder, for example flows/melasma-exosome."),
    "unreadable_script": N_("The flow script cannot be read: {detail}."),
    "unreadable_workbook": N_("The workbook cannot be read: {detail}."),
    "file_there": N_("{detail} is there already, perhaps with somebody's changes in it. Choose another name."),
    "unwritable_file": N_("The file cannot be written: {detail}."),
    "own_version": N_("{detail} wrote this version, saved its draft or brought it in and cannot approve it. Somebody else must."),
    "not_staff": N_("Nobody called {detail} is registered. First: prescreen staff add {detail} --role approver (or editor)."),
    "no_exporter": N_("Nobody called {detail} is registered. First: prescreen staff add {detail} --role coordinator (or auditor)."),
    "no_auditor": N_("Nobody called {detail} is registered. First: prescreen staff add {detail} --role auditor."),
    "no_reader": N_("Nobody called {detail} is registered. First: prescreen staff add {detail} --role coordinator."),
    "no_admin": N_("Nobody called {detail} is registered. First: prescreen staff add {detail} --role admin."),
    "not_for_staff": N_("{detail} may not register people or let them in. That is for admins."),
    "no_number": N_("{detail} is no ethics number: it has no letter and no digit. Give the number of the approval."),
    "not_for_leads": N_("{detail} may not read leads. That is for coordinators, auditors and admins."),
    "nothing_of": N_("Nothing in the trail is of {detail}."),
    "not_entitled": N_("{detail} may not do that. Approving needs the role approver or admin; the other steps need editor, approver or admin."),
    "not_for_export": N_("{detail} may not see the prescreening log and the reports. That is for coordinators, auditors and admins."),
    "no_studies": N_("There is no study yet. Bring a script in with prescreen flows push."),
    "several_studies": N_("There are several studies: {detail}. Name one with --study."),
    "not_for_identity": N_("{detail} may not take names and phones. That is for coordinators and admins; without --identified it is handed off by code."),
    "not_for_audit": N_("{detail} may not take the audit trail. That is for auditors and admins."),
    "not_in_notice": N_("Nothing is handed off for {detail}: participants were not told of such a recipient. --purpose is one of site_edc, sponsor_named_in_notice, ethics, participant_request."),
    "what_for": N_("With names and phones it must be said to whom and what for: add --purpose site_edc, sponsor_named_in_notice, ethics or participant_request."),
    "which_study": N_("A REDCap project is of one study: name it with --study."),
    "only_in_log": N_("--version and --mask are for the prescreening log (csv, xlsx, html). Leave them out."),
    "never_in_log": N_("The prescreening log names nobody and is not handed off lead by lead. For --identified, --purpose or --lead choose --format fhir or redcap."),
    "days_reversed": N_("The last day is before the first: {detail}. Exchange them."),
    "not_approved": N_("Version {detail} is not approved, so it cannot be published. First: prescreen flows approve."),
    "broken_version": N_("The checker finds errors in version {detail} that it did not know when the version was kept, so it can only be retired: prescreen flows retire {detail}. Mend them in a draft, and submit that."),
    "retired_version": N_("Version {detail} was retired. Submit a new one instead."),
    "not_present": N_("{detail} is not the version in use, so nothing was changed. prescreen flows list shows which one is."),
    "nothing_before": N_("No earlier approved version of {detail} was published, so there is none to go back to. prescreen flows list shows them all."),
    "nothing_kept": N_("Nothing is kept of a study {detail}. prescreen flows list shows what there is; bring a script in with prescreen flows push."),
    "file_in_the_way": N_("{detail} has changes that are not in the draft. Push them first, choose another folder, or overwrite them with --over."),
    "changed_since": N_("Somebody changed the draft since you pulled it: {detail}. Pull it into another folder and put both together, or replace it with --over."),
    "changed_just_now": N_("Somebody changed the draft just now: {detail}. Nothing was kept; look at the change, and submit again."),
    "published_since": N_("Another version was published since you pulled: {detail}. See how your file differs from it with prescreen flows diff FILE, or go on with --over."),
    "nothing_published": N_("No version of {detail} is published. Name another one; prescreen flows list shows them."),
    "nothing_approved": N_("No version of {detail} is approved. Name another one; prescreen flows list shows them."),
    "nothing_draft": N_("There is no draft of {detail}. Bring one in with prescreen flows push, or name a file or a version."),
    "nothing_to_compare": N_("No version of {detail} is published or approved yet. Say what to compare with: --from and a version or a file."),
    "other_study": N_("{detail} is a script of another study. Only versions of one study are compared."),
    "no_such_version": N_("There is no single version that begins with {detail}. Give at least 6 characters; prescreen flows list shows them."),
    "no_such_lead": N_("There is no lead or request {detail}."),
    "no_such_staff": N_("Nobody called {detail} is registered. First: prescreen staff add."),
    "no_such_role": N_("There is no role {detail}. The roles are coordinator, editor, approver, auditor, admin."),
    "bad_account": N_("A Telegram account is given by its number, digits only, such as 123456789. The person finds it in their account's details or asks @userinfobot."),
    "account_taken": N_("This Telegram account belongs to {detail} already. Remove it there first: prescreen staff add {detail} --telegram \"\"."),
    "today_in_live": N_("PRESCREEN_TODAY is only for the demonstration. Unset it, or set PRESCREEN_MODE=demo."),
    "no_day": N_("{detail} is not a day such as 2026-06-15, from 1950 to 2199."),
    "blank_name": N_("A name or number is blank. Say who does it (--by), and the ethics number where one is asked for."),
    "approved_already": N_("This version is approved already: {detail}. An approval is not replaced."),
    "too_long": N_("{detail} is too long: a name or a number has at most 50 characters."),
    "no_token": N_("There is no bot token, so Telegram is not used. Set PRESCREEN_TELEGRAM_TOKEN to the token from @BotFather."),
}  # fmt: skip

KEY_MADE = N_(
    "An encryption key was made at {path}. Keep a copy in a safe place: without it the data cannot be read."
)


#: By setting, and for the files of secrets by what is wrong with them.
WRONG_SETTINGS = {
    "listen": N_("{name} is \"{value}\", which is not host:port such as 127.0.0.1:8080, with a port up to 65535."),
    "mode": N_("{name} is \"{value}\". It is live or demo."),
    "timezone": N_("{name} is \"{value}\", which is not a time zone such as Asia/Shanghai."),
    "today": N_("{name} is \"{value}\", which is not a day such as 2026-06-15, from 1950 to 2199."),
    "webhook_url": N_("{name} is \"{value}\", which is not a public address such as https://bot.example.org. Telegram posts to https only; http is for this machine's own addresses."),
    "unreadable": N_("The file {value}, named by {name}, cannot be read: {why}. Correct the name, or make it a readable text file."),
    "empty": N_("The file {value}, named by {name}, is empty. Write the value into it, or unset {name}."),
}  # fmt: skip


def wrong_setting(problem: ErrorDetails, tr: Translator) -> str:
    """What is wrong with a setting in words."""
    field = str(problem["loc"][0]) if problem["loc"] else ""
    words = WRONG_SETTINGS.get(field) or WRONG_SETTINGS.get(problem["type"])
    values = {
        "name": f"PRESCREEN_{field.upper()}",
        "value": str(problem["input"]),
        "why": str(problem.get("ctx", {}).get("why", "")),
    }
    return fill(tr(words), values) if words else f"{values['name']} {problem['msg']}"


def sentence(reason: str, detail: str, tr: Translator) -> str:
    """A trouble in words."""
    return fill(tr(TROUBLES[reason]), {"detail": detail})
