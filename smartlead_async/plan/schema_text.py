"""Descriptions of the keys of a plan for editors; docs/plan-format.md has longer ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_LEAD_FILE: Final = {
    "csv": "The CSV file, relative to the plan.",
    "xlsx": "The Excel workbook, relative to the plan.",
    "sheet": "The sheet of the workbook. Default: the first visible one.",
    "columns": "Maps headers that are not recognized to a lead field, to the name of a custom field, or to "
    "null to ignore the column.",
    "where": "Keeps only rows with this value, or one of these values, in this column.",
    "blank_values": "true treats values that mean nothing (N/A, null, #REF!, -) as empty; a list adds "
    "further ones.",
    "encoding": "The encoding of the file. Detected by default.",
    "delimiter": "The character between two cells. Detected by default.",
}

_MAIL: Final = {
    "subject": "The subject. A later step without one continues the thread of step 1.",
    "body": "The body: text, or HTML if it has tags such as <p>. {{first_name}} inserts a field of the lead.",
    "body_file": "A UTF-8 file with the body, relative to the plan, instead of body.",
}

_CAMPAIGN: Final = {
    "name": "The name of the campaign: purpose, audience and period.",
    "client": "The name of the client that the campaign belongs to, in place of its id.",
    "client_id": "The id of the client that the campaign belongs to.",
    "steps": "The e-mails of the sequence.",
    "mailboxes": "The mailboxes to send from, by id, address or tag.",
    "leads": "The recipients: a CSV or XLSX file, a mapping with csv or xlsx and options, or a list.",
    "schedule": "The days and hours in which the campaign sends. Merged key by key into the defaults.",
    "settings": "The campaign settings, named as in the SmartLead API. Merged key by key into the defaults.",
    "lead_import": "Options of the lead import, all off by default.",
    "start": "true starts the campaign when it is complete.",
    "key": "Identifies the campaign within the plan, also when its name changes. Default: client and name.",
    "for_each": "Generates one campaign for each value of a column. {value} stands for the value in all "
    "strings of the campaign.",
}

DESCRIPTIONS: Final[Mapping[str, Mapping[str, str]]] = {
    "plan": {
        "$schema": "The JSON Schema of this file, for editors.",
        "version": "The version of the plan format.",
        "strategy": "full builds every campaign in full; clone copies campaigns with the same sequence, "
        "mailboxes, schedule and settings from the first of their kind, which takes fewer requests.",
        "defaults": "Defaults for all campaigns.",
        "allowed_tags": "Merge tags and placeholders that the leads need not have.",
        "campaigns": "The campaigns to create.",
    },
    "campaign": _CAMPAIGN,
    "step": {
        **_MAIL,
        "delay_days": "Days after the previous step.",
        "variants": "Versions of this e-mail for an A/B test.",
        "distribution": "How leads are distributed over the variants. Default: what their shares imply.",
        "winning_metric": "What decides the test.",
        "test_share": "The percentage of leads that take part in the test.",
        "kind": "EMAIL, or MANUAL for a task.",
    },
    "variant": {
        **_MAIL,
        "subject": "The subject. Default: that of the step.",
        "share": "The percentage of leads that get this variant; omit it in all variants for equal shares.",
        "label": "A capital letter. Default: the next free one.",
    },
    "mailboxes": {
        "ids": "The ids of mailboxes.",
        "addresses": "The addresses of mailboxes.",
        "tag": "All mailboxes with this tag.",
    },
    "lead_file": _LEAD_FILE,
    "for_each": {**_LEAD_FILE, "column": "The column whose values become campaigns."},
    "lead": {
        "email": "The e-mail address.",
        "first_name": "The value of {{first_name}}.",
        "last_name": "The value of {{last_name}}.",
        "company_name": "The value of {{company_name}}.",
        "phone_number": "The value of {{phone_number}}.",
        "website": "The value of {{website}}.",
        "location": "The value of {{location}}.",
        "linkedin_profile": "The value of {{linkedin_profile}}.",
        "company_url": "The value of {{company_url}}.",
        "custom_fields": "Further values by name; {{role}} inserts the one called role.",
    },
    "schedule": {
        "timezone": "An IANA name such as Europe/Berlin.",
        "days": 'Names and ranges ("mon-fri", [tue, thu]), or numbers with 0 for Sunday.',
        "start": 'When sending begins, in that time zone, such as "09:00".',
        "end": "When sending ends, in that time zone, later than the start.",
        "minutes_between_emails": "The minutes between two e-mails.",
        "new_leads_per_day": "The number of leads that get the first e-mail on one day.",
        "starts_at": "When sending starts, with its UTC offset: 2027-01-11T09:00:00+01:00.",
    },
    "settings": {
        "track_settings": "What is not tracked.",
        "stop_lead_settings": "What ends the sequence for a lead.",
        "unsubscribe_text": "The text of the link to unsubscribe.",
        "send_as_plain_text": "Send e-mails as plain text.",
        "force_plain_text": "Force plain text.",
        "follow_up_percentage": "The percentage of a day's e-mails that are follow-ups.",
        "enable_ai_esp_matching": "Match the e-mail providers of mailbox and lead.",
        "auto_pause_domain_leads_on_reply": "Pause the other leads of a domain when one of them replies.",
        "ignore_ss_mailbox_sending_limit": "Ignore the sending limit of Smart Senders mailboxes.",
        "bounce_autopause_threshold": "The threshold of bounces at which the campaign pauses, as a string.",
        "domain_level_rate_limit": "Limit the rate of e-mails by domain.",
        "out_of_office_detection_settings": "The treatment of automatic replies.",
        "add_unsubscribe_tag": "Add an unsubscribe tag.",
        "ai_categorisation_options": "The ids of the categories for replies.",
    },
    "out_of_office": {
        "ignore_ooo_as_reply": "Do not count automatic replies as replies.",
        "auto_reactivate_ooo": "Continue the sequence after an automatic reply.",
        "reactivate_ooo_with_delay": "The days after which the sequence continues.",
        "auto_categorize_ooo": "Set the category of leads that reply automatically.",
    },
    "lead_import": {
        "ignore_global_block_list": "Import leads even if they are on the global block list.",
        "ignore_unsubscribe_list": "Import leads even if they have unsubscribed.",
        "ignore_duplicate_leads_in_other_campaign": "Import leads even if they are in another campaign.",
        "ignore_community_bounce_list": "Import leads even if they are on the community bounce list.",
        "return_lead_ids": "Request the ids of the leads.",
    },
}
"""The description of each key, by the definition of the schema that it is in."""
