"""The events of a job and of its campaigns: one when the work begins, and one however it ends."""

from __future__ import annotations

import contextlib
from collections.abc import Generator

from ...events import CampaignBegan, CampaignEnded, JobBegan, JobEnded
from ..report.report import Report
from .campaign_steps import CampaignSteps
from .sender import GuardedSender


@contextlib.contextmanager
def told_job(sender: GuardedSender, operation: str, report: Report) -> Generator[None]:
    """Tell that a job begins, and that it has ended."""
    failure = None
    sender.emit(JobBegan(sender.job, operation))
    try:
        yield
    except BaseException as error:
        failure = type(error).__name__
        raise
    finally:
        counts = report.done, report.failed, report.requests
        interrupted = sender.is_stopped or failure is not None
        sender.emit(JobEnded(sender.job, operation, *counts, interrupted, failure))


@contextlib.contextmanager
def told_campaign(sender: GuardedSender, run: CampaignSteps) -> Generator[None]:
    """Tell that the work on a campaign begins, and that it has ended."""
    failure = None
    sender.emit(CampaignBegan(sender.job, run.record.name, run.record.campaign_id))
    try:
        yield
    except BaseException as error:
        failure = type(error).__name__
        raise
    finally:
        record, failure = run.record, run.failure or failure
        ended = CampaignEnded(sender.job, record.name, record.campaign_id, record.state.value, failure)
        sender.emit(ended)
