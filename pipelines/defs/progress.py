"""What a person at the command line sees of a run: what our own steps say, none of the orchestrator's events."""

from __future__ import annotations

import logging
import sys

import dagster as dg


class _OwnWords(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        told = getattr(record, "dagster_meta", {})
        if told.get("dagster_event") is None:
            print(told.get("orig_message", record.getMessage()), file=sys.stderr, flush=True)


@dg.logger(description="Progress on stderr.")
def progress_logger(_: dg.InitLoggerContext) -> logging.Logger:
    """A logger that passes on what assets say with `context.log.info` and above."""
    logger = logging.Logger("techcoop", level=logging.INFO)
    logger.addHandler(_OwnWords())
    return logger
