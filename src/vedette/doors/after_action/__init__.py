"""What a journal tells afterwards: played again once, gathered, and told as a page, a document or an exported file."""

from vedette.doors.after_action.reporting import report_document, report_html

__all__ = ["report_document", "report_html"]
