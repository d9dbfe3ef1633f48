"""Leads as FHIR R4, a module for each kind of resource (brief, section 5.1). Pure: facts in, JSON values out."""

from bot.export.fhir.bundle import bundle as bundle
from bot.export.fhir.bundle import bundle_file as bundle_file
