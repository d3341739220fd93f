"""Statistics of the warm-up of a mailbox."""

from __future__ import annotations

from ...api.email_accounts.warmup import GetWarmupStats
from ..call import Call
from ..replies import Reply, json_reply
from ..routing import handles
from ..warmup import warmup_days


@handles(GetWarmupStats)
def get_warmup_stats(call: Call) -> Reply:
    mailbox = call.email_account({"message": "Email account not found", "status": "error"})
    days = list(warmup_days(mailbox, call.now))[-7:]
    sent, spam = sum(day.sent for day in days), sum(day.spam for day in days)
    by_date = [
        {
            "id": number,
            "date": day.date.isoformat(),
            "sent_count": day.sent,
            "reply_count": day.replied,
            "save_from_spam_count": day.spam,
        }
        for number, day in enumerate(days, start=1)
    ]
    return json_reply(
        {
            "id": mailbox.id,
            "sent_count": str(sent),
            "spam_count": str(spam),
            "inbox_count": str(sent - spam),
            # Every mailbox of the network receives as many as it sends.
            "warmup_email_received_count": str(sent),
            "stats_by_date": by_date,
        }
    )
