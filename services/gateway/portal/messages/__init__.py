"""Pages of messages: one's own, those that could not be sent, the office's announcements."""
